// Draws what the desk's page is told. Texts of articles become text nodes, never markup.
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "onclick") made.addEventListener("click", value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

export function fill(id, ...children) {
  document.getElementById(id).replaceChildren(...children);
}

export function options(id, pairs) {
  const select = document.getElementById(id);
  const before = select.value;
  select.replaceChildren(...pairs.map(([value, text]) => element("option", { value }, text)));
  if (pairs.some(([value]) => String(value) === before)) select.value = before;
}

function pieces(parts) {
  return parts.map(([text, weight]) => {
    if (!weight) return document.createTextNode(text);
    const kind = `${weight > 0 ? "for" : "against"}${Math.abs(weight) < 0.25 ? " faint" : ""}`;
    return element("mark", { class: kind, title: `${weight > 0 ? "+" : "−"}${Math.abs(weight).toFixed(2)}` }, text);
  });
}

export function article(found, say, nameOf) {
  if (!found) return [element("p", { id: "title" }, say.nothing)];
  const about = [found.site, found.date, found.byline, found.url, found.source].filter(Boolean).join(" · ");
  const title = found.title.length ? pieces(found.title) : [found.source];
  const made = [element("p", { class: "about" }, say.why[found.queue] || "")];
  if (found.doubt !== null) made.push(element("p", { class: "about" }, say.doubted(nameOf(found.doubt))));
  made.push(element("h3", { id: "title" }, ...title), element("p", { class: "about" }, about));
  made.push(...found.lead.map((line) => element("p", { class: "lead" }, ...pieces(line))));
  made.push(...found.body.map((line) => element("p", {}, ...pieces(line))));
  return made;
}

export function guess(found, state, say, nameOf, percent) {
  if (!state.speaker) return [say.no_model];
  if (!found || !found.guess.length) return [""];
  const who = state.speaker.replace("labels", say.labels).replace("words", say.by_words).replace("model", say.by_model);
  const best = found.guess[0];
  const reasons = found.words.slice(0, 6).map((one) => `${one.term} ${one.weight > 0 ? "+" : "−"}${Math.abs(one.weight).toFixed(2)}`);
  const made = [element("strong", {}, say.guess(nameOf(best.topic), percent(best.share))), ` ${say.speaks(who)}${state.behind ? say.behind : ""}`];
  if (reasons.length) made.push(element("br"), element("span", { class: "soft" }, `${say.because} ${reasons.join(", ")}`));
  if (found.decided) made.push(element("br"), say.decided(decisionText(found.decided, say, nameOf)));
  return made;
}

export function decisionText(decided, say, nameOf) {
  if (decided.kind !== "label") return say[decided.kind];
  return decided.topics.length ? decided.topics.map(nameOf).join(", ") : say.other;
}

export function estimate(state, say) {
  const found = state.estimate;
  if (!found) return [element("p", {}, say.too_few(state.drawn))];
  const three = (number) => (number === null ? "–" : number.toFixed(3));
  const signed = (number) => `${number < 0 ? "−" : "+"}${Math.abs(number).toFixed(3)}`;
  const range = (score) => `${three(score.value)} [${three(score.low)}, ${three(score.high)}]`;
  const made = [element("p", {}, say.scores({ accuracy: range(found.accuracy), f1: range(found.macro_f1), judged: found.judged, labels: found.labels }))];
  if (found.gain) {
    const text = found.gain.high < 0.01 ? say.stop : say.gain({ value: signed(found.gain.value), low: signed(found.gain.low), high: signed(found.gain.high) });
    made.push(element("p", {}, text));
  }
  if (state.curve.length > 1) made.push(curve(state.curve, say));
  return made;
}

const SVG = "http://www.w3.org/2000/svg";

function shape(name, attributes, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}

function curve(points, say) {
  const [width, height, left, bottom] = [320, 160, 34, 20];
  const most = points[points.length - 1].labels;
  const x = (labels) => left + ((width - left - 6) * labels) / most;
  const y = (score) => 6 + (height - bottom - 6) * (1 - score);
  const line = points.map((one) => `${x(one.labels).toFixed(1)},${y(one.accuracy).toFixed(1)}`);
  const high = points.map((one) => `${x(one.labels).toFixed(1)},${y(one.accuracy_high).toFixed(1)}`);
  const low = points.map((one) => `${x(one.labels).toFixed(1)},${y(one.accuracy_low).toFixed(1)}`).reverse();
  const last = points[points.length - 1];
  const made = shape("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${say.curve}: ${last.labels}, ${last.accuracy.toFixed(2)}` });
  for (const score of [0, 0.5, 1]) {
    made.append(shape("line", { class: "axis", x1: left, x2: width - 6, y1: y(score), y2: y(score) }));
    made.append(shape("text", { x: left - 4, y: y(score) + 4, "text-anchor": "end" }, String(score)));
  }
  made.append(shape("text", { x: width - 6, y: height - 4, "text-anchor": "end" }, String(most)));
  made.append(shape("polygon", { class: "band", points: [...high, ...low].join(" ") }));
  made.append(shape("polyline", { class: "curve", points: line.join(" ") }));
  return made;
}

export function list(found, say, nameOf, open, earlier) {
  const head = element("tr", {}, ...[say.title, say.kind, say.when].map((text) => element("th", { scope: "col" }, text)));
  const rows = found.rows.map((one) =>
    element("tr", {},
      element("td", {}, element("button", { type: "button", lang: "vi", onclick: () => open(one.article) }, one.title)),
      element("td", {}, decisionText(one, say, nameOf), one.note ? element("div", { class: "soft" }, one.note) : ""),
      element("td", {}, one.at.replace("T", " ").slice(0, 16))));
  const made = [element("p", {}, say.rows(found.count)), element("table", {}, element("thead", {}, head), element("tbody", {}, ...rows))];
  if (found.start + found.rows.length < found.count) {
    made.push(element("button", { type: "button", onclick: () => earlier(found.start + found.rows.length) }, say.earlier));
  }
  return made;
}

export function looked(found, say, nameOf, percent, accept) {
  const shown = found.shown.map((one) =>
    element("div", { class: "looked" }, element("strong", {}, `${nameOf(one.topic)}, ${percent(one.share)}`), element("br"), element("span", { lang: "vi" }, one.title),
      element("br"), element("span", { class: "soft", lang: "vi" }, one.lead)));
  return [element("p", {}, say.would(found.count)), ...shown, element("button", { type: "button", id: "accept", onclick: () => accept(found.ticket) }, say.accept(found.count))];
}

export function topicEditor(topic, others, say, save, merge) {
  const field = (label, value, wide) => {
    const input = element("input", { value, autocomplete: "off" });
    return [input, element("label", { class: wide ? "wide" : "" }, element("span", {}, label), input)];
  };
  const [name, nameLabel] = field(say.name, topic.name);
  const [words, wordsLabel] = field(say.words, topic.words.join(", "), true);
  const [against, againstLabel] = field(say.against, topic.not.join(", "), true);
  const into = element("select", {}, ...others.map((one) => element("option", { value: one.topic }, one.name)));
  const mergeLabel = element("label", {}, element("span", {}, say.merge), into);
  const form = element("form", { class: "row topic" }, nameLabel, wordsLabel, againstLabel, element("button", { type: "submit" }, say.save));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save(topic.topic, name.value, words.value, against.value);
  });
  if (others.length) form.append(mergeLabel, element("button", { type: "button", onclick: () => merge(topic.topic, Number(into.value)) }, say.do_merge));
  form.append(element("span", { class: "count" }, `${topic.key ? `(${topic.key}) ` : ""}${topic.count} ${say.count}`));
  return form;
}
