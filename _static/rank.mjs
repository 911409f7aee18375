// 给搜索结果排序：文字切成单位，查询的各个部分按罕见的程度加权，一道练习含有的越多越靠前，
// 链接指向其中含有最多的那一部分。search.js在用到时载入。
// 单位：一个汉字；一个数、词或标识符；代码里的一个符号
const UNIT = /([\u3400-\u9fff])|(\d+(?:\.\d+)+|[\w\u00c0-\u024f\u0370-\u03ff]+)|[!-/:-@[-^`{-~]/g;
const units = (text) => Array.from(text.matchAll(UNIT), ({ 0: raw, 1: han, 2: word, index }) =>
  ({ raw, word: raw.toLowerCase(), kind: han ? "han" : word ? "word" : "sign", start: index, end: index + raw.length }));

// 特征：汉字，词，标识符的各段，相邻的两个单位；连同分量和位置
function features(list, text) {
  const found = [];
  list.forEach(({ raw, word, kind, start, end }, i) => {
    const add = (key, weight, to = end) => found.push({ key, weight, start, end: to });
    if (kind !== "sign") add(word, kind === "word" && word.length > 1 ? 1 : 0.2);
    const pieces = kind === "word" ? raw.replace(/([a-z\d])(?=[A-Z])/g, "$1_").toLowerCase().split("_") : [];
    if (pieces.length > 1) for (const piece of pieces.filter(Boolean)) add(piece, 0.5);
    const next = list[i + 1];
    if (!next || text.slice(end, next.start).trim()) return;
    add(`${word} ${next.word}`, [1, 0.4, 0.1][(kind === "sign") + (next.kind === "sign")], next.end);
  });
  return found;
}

// 每个特征在各部分里的次数；标题和原题比正文重，正文比代码重
export function build(index) {
  Object.assign(index, { counts: new Map(), vocabulary: new Set(), length: 0 });
  for (const page of index.documents) {
    page.length = 0;
    for (const part of page.parts) {
      part.page = page;
      const title = part === page.parts[0] ? page.title : "";
      for (const [text, weight] of [[title, 4], [part.wording ?? "", 2], [part.prose, 1], [part.code, 0.5]]) {
        const list = units(text);
        page.length += list.length * weight;
        for (const { word } of list) index.vocabulary.add(word);
        for (const { key } of features(list, text)) {
          const counts = index.counts.get(key) ?? new Map();
          index.counts.set(key, counts.set(part, (counts.get(part) ?? 0) + weight));
        }
      }
    }
    index.length += page.length / index.documents.length;
  }
  return index;
}

// 是否只差一个字母：多、少、错或对调
function isNear(a, b) {
  let i = 0, j = 0;
  while (i < a.length && a[i] === b[i]) i++;
  while (j < Math.min(a.length, b.length) - i && a.at(-1 - j) === b.at(-1 - j)) j++;
  const [x, y] = [a.slice(i, a.length - j), b.slice(i, b.length - j)];
  return Math.max(x.length, y.length) < 2 || (x.length === 2 && x === [...y].reverse().join(""));
}

// 查询的特征：繁体换成简体，书里没有的词换成以它开头的、只差一个字母的词
function ask(index, query) {
  let text = query.replace(/[Ａ-Ｚａ-ｚ０-９]/g, (letter) => letter.normalize("NFKC"));
  for (const [other, ours] of Object.entries(index.words)) text = text.replaceAll(other, ours);
  text = text.replace(/[\u3400-\u9fff]/g, (character) => index.characters[character] ?? character);
  const [list, known, asked] = [units(text), [...index.vocabulary], new Map()];
  for (const unit of list) {
    const { word, kind } = unit;
    if (kind !== "word" || word.length < 4 || index.vocabulary.has(word)) continue;
    unit.raw = known.find((other) => other.startsWith(word)) ?? known.find((other) => isNear(other, word)) ?? word;
    unit.word = unit.raw;
  }
  for (const { key, weight } of features(list, text)) {
    const counts = index.counts.get(key) ?? new Map();
    const pages = new Set([...counts.keys()].map((part) => part.page)).size;
    const rarity = Math.log(1 + (index.documents.length - pages + 0.5) / (pages + 0.5));
    asked.set(key, { counts, weight: weight * rarity });
  }
  return asked;
}

// 含有查询的练习和页，最好的在前；share是它含有的分量占查询的几分之几
export function rank(index, query) {
  const asked = ask(index, query);
  const hits = new Map(index.documents.map((page) => [page, { page, score: 0, share: 0, parts: new Map() }]));
  const total = [...asked.values()].reduce((sum, { weight }) => sum + weight, 0);
  for (const { counts, weight } of asked.values()) {
    const pages = new Map();
    for (const [part, count] of counts) {
      const { parts } = hits.get(part.page);
      parts.set(part, (parts.get(part) ?? 0) + weight * count / (count + 1));
      pages.set(part.page, (pages.get(part.page) ?? 0) + count);
    }
    for (const [page, count] of pages) {
      hits.get(page).share += weight / total;
      hits.get(page).score += weight * count / (count + 0.5 + 0.5 * page.length / index.length);
    }
  }
  const found = [...hits.values()].filter((hit) => hit.parts.size);
  for (const hit of found) {
    const [part, score] = [...hit.parts].reduce((best, other) => (other[1] > best[1] ? other : best));
    const isExercise = hit.page.url.includes("#");  // 节首和目录也提到练习，却不是要找的地方
    Object.assign(hit, { part, url: hit.page.url + part.anchor, score: (hit.score + score) * (isExercise ? 1 : 0.5) });
  }
  found.sort((a, b) => b.score - a.score);
  const [best = { share: 0, score: 0 }] = found;
  const isFound = best.share > 0.35 || best.score > 8;
  const least = isFound ? 0.3 * best.score : Math.max(0.6 * best.score, 2);
  return { asked, isFound, hits: found.filter(({ score, share }) => score >= least && share > 0.1) };
}

// 一部分里含有查询最多的一段，文字先于代码：pieces的奇数项要标记；line是代码里的那一行，页面上可能收着
export function excerpt(part, asked, length = 100) {
  let best = { score: 0, text: (part.prose || part.code).split("\n")[0], start: 0, marks: [] };
  for (const text of [...part.prose.split("\n"), part.code]) {
    const marks = features(units(text), text).filter(({ key }) => asked.has(key));
    marks.forEach(({ start }, i) => {
      const inside = marks.slice(i, i + length).filter(({ end }) => end <= start + length - 20);
      const weights = [...new Set(inside.map(({ key }) => key))].map((key) => asked.get(key).weight);
      const score = weights.reduce((sum, weight) => sum + weight, 0) * (text === part.code ? 1 : 1.5);
      if (score > best.score * 1.01) best = { score, text, start, marks: inside };
    });
  }
  const strong = best.marks.filter(({ weight }) => weight >= 0.4);
  const pieces = [];
  let at = Math.max(0, best.start - 20);
  for (const { start, end } of strong.length ? strong : best.marks) {
    if (end > at) pieces.push(best.text.slice(at, Math.max(start, at)), best.text.slice(Math.max(start, at), end));
    at = Math.max(at, end);
  }
  pieces.push(best.text.slice(at, Math.max(best.start - 20, 0) + length));
  if (best.start > 20) pieces[0] = `…${pieces[0]}`;
  const [line] = best.text === part.code ? best.text.slice(best.text.lastIndexOf("\n", best.start) + 1).split("\n") : [""];
  return { pieces, line: line.trim() };
}
