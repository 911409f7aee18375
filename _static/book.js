// 隐藏解答的开关、本页目录里的标记、能用键盘滚动的表格和公式、提示的名字、打印
(() => {
  const answers = [...document.querySelectorAll("div.solution")];

  // hidden="until-found"：隐藏的解答，浏览器的页内查找和指向其中的链接仍能找到并展开
  function hide(answer, isHidden) {
    const body = answer.querySelector(":scope > section");
    const button = answer.querySelector(":scope > .show-answer");
    if (isHidden) body.setAttribute("hidden", "until-found");
    else body.removeAttribute("hidden");
    button.hidden = !isHidden;
  }

  function remember(isHidden) {
    try { localStorage.setItem("answers", isHidden ? "hidden" : "shown"); } catch { /* 不许存 */ }
  }

  function isRemembered() {
    try { return localStorage.getItem("answers") === "hidden"; } catch { return false; }
  }

  function addSwitch() {
    const toggle = document.createElement("button");
    toggle.className = "btn btn-sm answers-switch";
    toggle.type = "button";
    let isHidden;
    const set = (value) => {
      isHidden = value;
      toggle.textContent = isHidden ? "显示解答" : "隐藏解答";
      answers.forEach((answer) => hide(answer, isHidden));
    };
    toggle.addEventListener("click", () => {
      set(!isHidden);
      remember(isHidden);
    });
    for (const answer of answers) {
      const button = document.createElement("button");
      button.className = "btn btn-sm show-answer";
      button.type = "button";
      button.textContent = "显示这一题的解答";
      button.addEventListener("click", () => hide(answer, false));
      answer.querySelector(":scope > .admonition-title").after(button);
      answer.addEventListener("beforematch", () => { button.hidden = true; });
    }
    document.querySelector(".article-header-buttons").prepend(toggle);
    set(isRemembered());
  }

  function focusWide() {
    for (const element of document.querySelectorAll("article table, article div.math")) {
      if (element.scrollWidth > element.clientWidth) element.tabIndex = 0;
      else element.removeAttribute("tabindex");
    }
  }

  // 本页目录里标出正在读的练习
  function markPlace() {
    const links = new Map();
    for (const link of document.querySelectorAll(".bd-toc-nav a")) links.set(link.hash.slice(1), link);
    const inView = new Set();
    const observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries)
        if (isIntersecting) inView.add(target.id);
        else inView.delete(target.id);
      const current = [...links.keys()].find((id) => inView.has(id));
      for (const [id, link] of links) link.classList.toggle("active", id === current);
    }, { rootMargin: "-25% 0px -60%" });
    for (const id of links.keys()) {
      const section = document.getElementById(decodeURIComponent(id));
      if (section) observer.observe(section);
    }
  }

  // sphinx-togglebutton给按钮起的名字是英文
  function nameHints() {
    for (const button of document.querySelectorAll("button.toggle-button"))
      button.setAttribute("aria-label", "展开或收起提示");
  }

  // 纸是白的，深色模式的浅色字印上去看不清
  function printInLight() {
    const { dataset } = document.documentElement;
    let theme;
    window.addEventListener("beforeprint", () => { theme = dataset.theme; dataset.theme = "light"; });
    window.addEventListener("afterprint", () => { dataset.theme = theme; });
  }

  if (answers.length) addSwitch();
  printInLight();
  markPlace();
  window.addEventListener("load", () => { nameHints(); focusWide(); });
  window.addEventListener("resize", focusWide);
})();
