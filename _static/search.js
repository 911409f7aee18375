// 搜索。Pagefind在用到时才载入，结果指向练习；索引和查询都把汉字切成相邻的两字，
// 见pipeline/search.py。主题的搜索框（Ctrl+K）边输入边列出结果，search.html列出全部。
(() => {
  const root = document.documentElement.dataset.content_root;
  let pagefind;

  // 没有载入的，下次再试
  const load = () =>
    (pagefind ??= import(new URL(`${root}pagefind/pagefind.js`, location)).catch((error) => {
      pagefind = undefined;
      throw error;
    }));

  const pairs = (text) =>
    text.replace(/[\u3400-\u9fff]+/g, (run) =>
      run.length === 1 ? ` ${run} ` : ` ${[...run].slice(1).map((c, i) => run[i] + c).join(" ")} `);

  const words = (query) => query.split(/\s+/).filter(Boolean);

  // 查询里的词和两字，出现在文字里的那些
  const present = (text, query) =>
    [...words(query), ...words(pairs(query))].filter((word) =>
      text.toLowerCase().includes(word.toLowerCase()));

  // 练习在前：节首和目录也提到它们，却不是要找的地方。只是开头几个字母相像的不算
  async function find(query) {
    const { results } = await (await load()).search(pairs(query));
    const pages = await Promise.all(results.map((result) => result.data()));
    const found = pages.filter((page) => present(page.meta.text, query).length);
    const isExercise = (page) => page.meta.url.includes("#");
    return [...found.filter(isExercise), ...found.filter((page) => !isExercise(page))];
  }

  // 文字里第一次出现查询词的一段，查询词加标记；整词没有出现时找它的两字
  function excerpt(text, query) {
    const found = present(text, query);
    const start = Math.max(0, text.toLowerCase().indexOf(found[0].toLowerCase()) - 30);
    const escaped = found.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    const parts = text.slice(start, start + 110).split(new RegExp(`(${escaped.join("|")})`, "i"));
    const element = document.createElement("p");
    element.append(start ? "…" : "");
    parts.forEach((part, i) => {
      const mark = document.createElement("mark");
      mark.append(part);
      element.append(i % 2 ? mark : part);
    });
    element.append("…");
    return element;
  }

  async function show(query, place, limit) {
    if (!words(query).length) return place.replaceChildren();
    let pages;
    try {
      pages = await find(query);
    } catch {
      return place.replaceChildren("搜索的文件没有载入，检查网络后再试。");
    }
    const input = document.activeElement;
    if (input?.name === "q" && input.value !== query) return;  // 又输入了别的
    const summary = document.createElement("p");
    summary.append(pages.length ? `找到${pages.length}处` : `没有找到“${query}”，换一个词试试`);
    const list = document.createElement("ol");
    for (const page of pages.slice(0, limit)) {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = root + page.meta.url;
      link.append(page.meta.title);
      item.append(link, excerpt(page.meta.text, query));
      list.append(item);
    }
    place.replaceChildren(summary, list);
  }

  const field = document.querySelector(".search-button__search-container input");
  const box = document.createElement("div");
  box.className = "search-results";
  box.setAttribute("aria-live", "polite");
  field.form.after(box);
  box.addEventListener("click", () => document.querySelector(".search-button__overlay").click());
  field.addEventListener("focus", () => load().catch(() => {}));
  let timer;
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => show(field.value, box, 6), 150);
  });

  const page = document.querySelector(".bd-search-container");
  if (page) {
    const query = new URLSearchParams(location.search).get("q") ?? "";
    const input = page.querySelector("input");
    input.value = query;
    input.focus();
    show(query, page.querySelector(".search-results"), Infinity);
  }
})();
