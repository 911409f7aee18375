// 搜索：边输入边列出结果；上下键选择，回车打开选中的或第一个。索引和rank.mjs用到时才载入。
(() => {
  const root = document.documentElement.dataset.content_root;
  let loading;
  async function load() {
    const [ranking, answer] = await Promise.all([
      import(new URL(`${root}_static/rank.mjs`, location)), fetch(`${root}search.json`),
    ]);
    const index = ranking.build(await answer.json());
    return { rank: (query) => ranking.rank(index, query), excerpt: ranking.excerpt };
  }
  const search = () => (loading ??= load().catch((error) => {
    loading = undefined;  // 下次再试
    throw error;
  }));

  function make(name, attributes, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  }

  function connect(field, id, limit) {
    const status = make("p", { role: "status" });
    const list = make("div", { id, role: "listbox", "aria-label": "搜索结果" });
    field.form.after(make("div", { class: "search-results" }, status, list));
    const roles = { role: "combobox", "aria-controls": id, "aria-expanded": false, "aria-autocomplete": "list" };
    for (const [key, value] of Object.entries(roles)) field.setAttribute(key, value);
    function option({ page, part, url }, { pieces, line }, i) {
      const quoted = encodeURIComponent(line).replaceAll("-", "%2D");  // 浏览器会展开收着的这一行
      const isQuoted = line && url.includes("#") && "fragmentDirective" in document;
      const href = `${root}${url}${isQuoted ? `:~:text=${quoted}` : ""}`;
      return make("a", { id: `${id}-${i}`, href, role: "option", tabindex: -1, "aria-selected": false },
        make("strong", {}, page.title), " ", make("small", {}, part.name),
        make("span", {}, ...pieces.map((text, j) => (j % 2 ? make("mark", {}, text) : text))));
    }

    async function show() {
      const query = field.value.trim();
      const said = [];
      let options = [];
      try {
        if (query) {
          const { rank, excerpt } = await search();
          const { isFound, hits, asked } = rank(query);
          options = hits.slice(0, isFound ? limit : 3).map((hit, i) => option(hit, excerpt(hit.part, asked), i));
          const none = `没有找到“${query}”${options.length ? "，最接近的是：" : "，换一个说法试试"}`;
          said.push(isFound ? `找到${options.length}处` : none);
        }
      } catch {
        const why = location.protocol === "file:" ? "搜索要有服务器：用make serve打开网站" : "搜索的文件没有载入：检查网络后再试";
        said.push(why, "，或者从", make("a", { href: `${root}index.html` }, "目录"), "里找。");
      }
      if (query !== field.value.trim()) return;  // 又输入了别的
      status.replaceChildren(...said);
      list.replaceChildren(...options);
      field.setAttribute("aria-expanded", options.length > 0);
      field.removeAttribute("aria-activedescendant");
    }

    const selected = () => list.querySelector('[aria-selected="true"]');
    let timer;
    field.addEventListener("focus", () => search().catch(() => {}));
    field.addEventListener("input", (event) => {
      clearTimeout(timer);
      if (!event.isComposing) timer = setTimeout(show, 100);
    });
    field.addEventListener("compositionend", show);
    field.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const all = [...list.children];
      if (!step || !all.length) return;
      event.preventDefault();
      const old = all.indexOf(selected());
      const next = all[old < 0 && step < 0 ? all.length - 1 : (old + step + all.length) % all.length];
      for (const link of all) link.setAttribute("aria-selected", link === next);
      field.setAttribute("aria-activedescendant", next.id);
      next.scrollIntoView({ block: "nearest" });
    });
    field.form.addEventListener("submit", async (event) => {
      event.preventDefault();
      clearTimeout(timer);
      if (!selected()) await show();
      (selected() ?? list.firstElementChild)?.click();
    });
    list.addEventListener("click", () => document.querySelector(".search-button__overlay").click());
    return show;
  }

  const dialog = document.querySelector(".search-button__search-container");
  dialog.setAttribute("role", "search");
  connect(dialog.querySelector("input"), "hits", 8);
  const field = document.querySelector(".bd-search-container input");  // search.html
  if (field) {
    field.value = new URLSearchParams(location.search).get("q") ?? "";
    field.focus();
    connect(field, "all-hits", 20)();
  }
})();
