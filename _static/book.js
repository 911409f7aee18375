// 先自己做、展开代码、复制、做过的标记、本页目录里的标记、能用键盘滚动的表格和公式、打印
(() => {
  const { store, hiding, hide, hideAll, isHidden } = window.book;
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const exerciseOf = (id) => id.match(/^ex-\d+-\d+-\d+/)?.[0];

  // 改动前后，看着的东西留在原来的地方
  function inPlace(element, change) {
    const { style } = document.documentElement;
    style.overflowAnchor = "none";  // 浏览器不另外挪一次
    const top = element.getBoundingClientRect().top;
    const keep = () =>
      window.scrollBy({ top: element.getBoundingClientRect().top - top, behavior: "instant" });
    change();
    keep();
    requestAnimationFrame(() => {
      keep();  // 页面变短时，浏览器自己也挪过
      requestAnimationFrame(() => { keep(); style.overflowAnchor = ""; });
    });
  }

  // 地址指向收起的部分时，把它展开
  function reveal() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    const exercise = exerciseOf(target.id);
    const part = target.closest('section[id$="-answer"], section[id$="-mistakes"], section[id$="-more"]');
    if (part && exerciseOf(part.id) && isHidden(exerciseOf(part.id))) hide(exerciseOf(part.id), false);
    const folds = [target.querySelector(":scope > details.more"), target.closest("details")];
    for (const fold of folds) if (fold && exercise) fold.open = true;
    if (part) target.scrollIntoView();
  }

  function addTrying() {
    const button = document.querySelector(".try-all");
    const show = () => button.setAttribute("aria-pressed", hiding.all);
    button.addEventListener("click", () => {
      const seen = all("section[id^=ex-]").find((part) => part.getBoundingClientRect().bottom > 80);
      inPlace(document.getElementById(exerciseOf(seen?.id ?? "")) ?? button, () => hideAll(!hiding.all));
      show();
    });
    for (const link of all(".jumps .try, .jumps .untry"))
      link.addEventListener("click", (event) => {
        event.preventDefault();
        inPlace(link.parentElement, () => hide(exerciseOf(link.hash.slice(1)), link.matches(".try")));
      });
    show();
  }

  function addUnfolding() {
    const button = document.querySelector(".unfold-all");
    const set = (isOpen) => {
      button.setAttribute("aria-pressed", isOpen);
      button.textContent = isOpen ? "收起代码" : "展开代码";
      for (const fold of all("article details.hide")) fold.open = isOpen;
    };
    button.addEventListener("click", () => {
      const isOpen = button.getAttribute("aria-pressed") !== "true";
      store.write("code", isOpen ? "open" : "folded");
      const seen = all("article h2, article h3, article p").find((part) => part.getBoundingClientRect().top > 60);
      inPlace(seen ?? button, () => set(isOpen));
    });
    if (store.read("code") === "open") set(true);
  }

  async function copy(button, find) {
    const label = button.textContent;
    try {
      await navigator.clipboard.writeText(await find());
      button.textContent = "已复制";
    } catch {
      button.textContent = "复制不了，请下载";
    }
    setTimeout(() => { button.textContent = label; }, 2000);
  }

  function addCopying() {
    for (const button of all(".copy-check"))
      button.addEventListener("click", () => copy(button, async () => {
        const answer = await fetch(button.dataset.file);
        if (!answer.ok) throw new Error(answer.status);
        return answer.text();
      }));
    for (const fold of all("article details.hide")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "copy-folded";
      button.textContent = "复制";
      button.addEventListener("click", () => copy(button, async () => fold.querySelector("pre").textContent));
      fold.after(button);
    }
  }

  // 做过的练习只记在这个浏览器里
  function addMarks() {
    let done;
    try { done = new Set(JSON.parse(store.read("done"))); } catch { done = new Set(); }
    const show = () => {
      for (const element of all("[data-exercise]")) {
        const isDone = done.has(element.dataset.exercise);
        if (element.matches("button")) {
          element.setAttribute("aria-pressed", isDone);
          element.textContent = isDone ? "✓ 做过" : "标为做过";
        } else element.textContent = isDone ? "✓ 做过" : "";
      }
    };
    for (const button of all("button.done"))
      button.addEventListener("click", () => {
        const { exercise } = button.dataset;
        if (!done.delete(exercise)) done.add(exercise);
        store.write("done", JSON.stringify([...done]));
        show();
      });
    show();
  }

  function focusWide() {
    for (const element of all("article table, article div.math, article .keep, article .cell_output img")) {
      const box = element.matches("img") ? element.parentElement : element;
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  }

  // 本页目录里标出正在读的部分
  function markPlace() {
    const links = new Map(all(".bd-toc-nav a").map((link) => [decodeURIComponent(link.hash.slice(1)), link]));
    const inView = new Set();
    const observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries)
        if (isIntersecting) inView.add(target.id);
        else inView.delete(target.id);
      const current = [...links.keys()].filter((id) => inView.has(id)).at(-1);
      for (const [id, link] of links) link.classList.toggle("active", id === current);
    }, { rootMargin: "-25% 0px -60%" });
    for (const id of links.keys()) {
      const section = document.getElementById(id);
      if (section) observer.observe(section);
    }
  }

  // 纸是白的，深色模式的浅色字印上去看不清
  function printInLight() {
    const { dataset } = document.documentElement;
    let theme;
    window.addEventListener("beforeprint", () => { theme = dataset.theme; dataset.theme = "light"; });
    window.addEventListener("afterprint", () => { dataset.theme = theme; });
  }

  if (document.querySelector(".unfold-all")) {
    addTrying();
    addUnfolding();
    addCopying();
  }
  addMarks();
  printInLight();
  markPlace();
  reveal();
  window.addEventListener("hashchange", reveal);
  window.addEventListener("load", focusWide);
  window.addEventListener("resize", focusWide);
})();
