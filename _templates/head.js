// 在画出页面之前：颜色，以及要先自己做的练习（收起解答、常见误区和延伸）
(() => {
  const root = document.documentElement;
  const store = {
    read(key) { try { return localStorage.getItem(key); } catch { return null; } },
    write(key, value) { try { localStorage.setItem(key, value); } catch { /* 浏览器不许存 */ } },
  };
  const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.mode = store.read("mode") || "auto";
  root.dataset.theme = store.read("theme") || (isDark ? "dark" : "light");
  root.classList.add("js");

  const hiding = { all: false, but: [] };  // 全部收起还是全部展开，以及与此相反的练习
  try { Object.assign(hiding, JSON.parse(store.read("try"))); } catch { /* 存的不是我们写的 */ }
  const style = document.createElement("style");

  function draw() {
    const rule = (start, isHidden) =>
      ["answer", "mistakes", "more"].map((part) => `section[id^="${start}"][id$="-${part}"]`).join()
      + `{display:${isHidden ? "none" : "block"}}`
      + `.jumps .try[href$="#${start}"]{display:${isHidden ? "none" : "inline"}}`
      + `.jumps .untry[href*="#${start}"]{display:${isHidden ? "inline" : "none"}}`;
    const all = rule("ex-", hiding.all).replace('$="#ex-"', '*="#ex-"');
    style.textContent = all + hiding.but.map((id) => rule(id, !hiding.all)).join("");
  }

  const isHidden = (id) => hiding.all !== hiding.but.includes(id);
  function hide(id, value) {
    if (isHidden(id) !== value)
      hiding.but = value === hiding.all ? hiding.but.filter((other) => other !== id) : [...hiding.but, id];
    change();
  }
  function hideAll(value) {
    hiding.all = value;
    hiding.but = [];
    change();
  }
  function change() {
    store.write("try", JSON.stringify(hiding));
    draw();
  }

  const wanted = location.hash.slice(1);
  if (new URLSearchParams(location.search).has("try") && wanted.startsWith("ex-")) hide(wanted, true);
  draw();
  document.head.append(style);
  window.book = { store, hiding, hide, hideAll, isHidden };
})();
