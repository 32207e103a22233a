// The desk's page: asks the desk on this machine, shows the article, and decides by key or click.
import { WORDS } from "./desk_words.js";
import * as draw from "./desk_draw.js";

const $ = (id) => document.getElementById(id);
const COMMANDS = [["0", "other"], ["a", "unsure"], ["s", "skip"], ["u", "undo"]];
const QUEUES = [["uncertain", "uncertain"], ["random", "random"], ["rare", "rare"], ["doubt", "doubt"], ["search", "search_queue"], ["cluster", "cluster_queue"]];
let say = WORDS[localStorage.getItem("chude-language") || (navigator.language.startsWith("vi") ? "vi" : "en")] || WORDS.en;
let state = null;
let shown = null;
let chosen = [];
let busy = false;

const percent = (share) => `${Math.round(100 * share)} %`;
const nameOf = (topic) => (topic === 0 ? say.other : (state.topics.find((one) => one.topic === topic) || { name: "?" }).name);
const wanted = () => ({ wanted: $("wanted").value || "uncertain", text: $("text").value, cluster: Number($("cluster").value || -1) });
const commas = (text) => text.split(",").map((one) => one.trim()).filter(Boolean);

async function ask(what, given = {}) {
  let answer;
  try {
    const response = await fetch(`/api/${what}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(given) });
    answer = response.headers.get("content-type").startsWith("application/json") ? await response.json() : { error: await response.text() };
  } catch {
    answer = { error: say.failed };
  }
  $("error").hidden = !answer.error;
  $("error").textContent = answer.error || "";
  if (answer.error) return null;
  state = answer.state;
  return answer;
}

function tell(text) {
  $("told").textContent = text;
}

function showState() {
  draw.fill("guess", ...draw.guess(shown, state, say, nameOf, percent));
  draw.fill("estimate", ...draw.estimate(state, say));
  $("progress").textContent = say.so_far({ ...state.decided, articles: state.articles, twins: state.twins });
  const best = shown && shown.guess.length ? shown.guess[0].topic : -1;
  const shares = new Map(shown ? shown.guess.map((one) => [one.topic, one.share]) : []);
  draw.fill("topics", ...state.topics.map((topic) =>
    draw.element("button", { type: "button", "aria-pressed": String(chosen.includes(topic.topic)), class: topic.topic === best ? "guessed" : "",
      "aria-keyshortcuts": topic.key, onclick: (event) => choose(topic.topic, event.shiftKey) },
      draw.element("kbd", {}, topic.key || "·"), draw.element("span", { class: "name" }, topic.name),
      draw.element("span", { class: "count" }, shares.has(topic.topic) ? percent(shares.get(topic.topic)) : ""), draw.element("span", { class: "count" }, String(topic.count)))));
  draw.fill("commands", ...COMMANDS.map(([key, name]) =>
    draw.element("button", { type: "button", class: name === "other" && best === 0 ? "guessed" : "", "aria-keyshortcuts": key, onclick: () => command(name) },
      draw.element("kbd", {}, key), draw.element("span", { class: "name" }, say[name]),
      name === "other" ? draw.element("span", { class: "count" }, `${shares.has(0) ? `${percent(shares.get(0))} ` : ""}${state.other}`) : "")));
}

function showArticle(found, focus = true) {
  shown = found;
  chosen = found && found.decided && found.decided.kind === "label" && found.queue === "" ? [...found.decided.topics] : [];
  $("note").value = found && found.decided ? found.decided.note : "";
  draw.fill("article", ...draw.article(found, say, nameOf));
  showState();
  window.scrollTo(0, 0);
  if (focus) $("article").focus({ preventScroll: true });
}

async function next(focus = true) {
  const answer = await ask("next", wanted());
  if (answer) showArticle(answer.article, focus);
}

async function decide(kind, topics = []) {
  if (!shown || busy) return;
  busy = true;
  const given = { article: shown.article, kind, topics, note: $("note").value, queue: shown.queue, ...wanted() };
  const answer = await ask("decide", given);
  busy = false;
  if (!answer) return;
  const what = kind === "label" ? (topics.length ? topics.map(nameOf).join(", ") : say.other) : say[kind];
  showArticle(answer.article);
  tell(say.kept(what));
}

function choose(topic, more) {
  if (more) {
    chosen = chosen.includes(topic) ? chosen.filter((one) => one !== topic) : [...chosen, topic];
    showState();
  } else decide("label", chosen.includes(topic) ? chosen : [...chosen, topic]);
}

async function command(name) {
  if (name === "other") decide("label", []);
  else if (name === "undo") await undo();
  else decide(name);
}

async function undo() {
  const answer = await ask("undo");
  if (!answer) return;
  if (answer.article) showArticle(answer.article);
  else showState();
  tell(say.undone(answer.undone));
}

function confirm() {
  if (chosen.length) decide("label", chosen);
  else if (shown && shown.guess.length) decide("label", shown.guess[0].topic ? [shown.guess[0].topic] : []);
}

function keyOf(event) {
  const of_place = /^(?:Key|Digit|Numpad)([A-Z0-9])$/.exec(event.code); // an input method may hide what the key means
  return /^[a-z0-9]$/i.test(event.key) ? event.key.toLowerCase() : of_place ? of_place[1].toLowerCase() : "";
}

document.addEventListener("keydown", (event) => {
  if (event.target === $("note") && event.key === "Escape") return $("article").focus();
  const typing = event.target.matches("input:not([type=checkbox]), textarea, select, summary");
  const pressing = event.target.matches("button, a, input[type=checkbox]") && event.key === "Enter";
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing || pressing || !$("keys").checked || $("view-label").hidden) return;
  const key = keyOf(event);
  const topic = key && state && state.topics.find((one) => one.key === key);
  const known = COMMANDS.find(([letter]) => letter === key);
  if (topic) choose(topic.topic, event.shiftKey);
  else if (known) command(known[1]);
  else if (key === "n") $("note").focus();
  else if (event.key === "Enter") confirm();
  else return;
  event.preventDefault();
});

// Views

function view(name) {
  for (const button of document.querySelectorAll("[data-view]")) {
    const is = button.dataset.view === name;
    $(`view-${button.dataset.view}`).hidden = !is;
    if (is) button.setAttribute("aria-current", "page");
    else button.removeAttribute("aria-current");
  }
  if (name === "list") showList();
  if (name === "topics") showTopics();
  if (name === "label") {
    showState();
    $("article").focus({ preventScroll: true }); // else a field of the view that was left may take the next key
  }
}

async function showList(start = 0) {
  const given = { kind: $("filter-kind").value, topic: Number($("filter-topic").value || -1), text: $("filter-text").value, start };
  const answer = await ask("listed", given);
  if (answer) draw.fill("list", ...draw.list(answer.list, say, nameOf, openArticle, showList));
}

async function openArticle(article) {
  const answer = await ask("article", { article });
  if (!answer) return;
  view("label");
  showArticle(answer.article);
}

function showTopics() {
  const editors = state.topics.map((topic) => draw.topicEditor(topic, state.topics.filter((one) => one !== topic), say, saveTopic, mergeTopics));
  draw.fill("topic-list", ...editors);
  selects();
}

async function changeTopics(given, told) {
  const answer = await ask("topics", given);
  if (!answer) return false;
  tell(told);
  showTopics();
  return true;
}

const saveTopic = (topic, name, words, against) => changeTopics({ what: "change", topic, name, words: commas(words), not: commas(against) }, say.saved);
const mergeTopics = (topic, into) => changeTopics({ what: "merge", topic, into }, say.merged);

$("new-topic").addEventListener("submit", async (event) => {
  event.preventDefault();
  const of = Number($("new-split").value);
  const given = { what: of ? "split" : "add", topic: of, name: $("new-name").value, words: commas($("new-words").value), not: commas($("new-against").value) };
  if (!(await changeTopics(given, of ? say.split_told(nameOf(of)) : say.saved))) return;
  event.target.reset();
  if (of) {
    $("filter-topic").value = String(of);
    view("list");
  }
});

// The queue, and many at once

function showQueue() {
  const queue = $("wanted").value;
  $("search-label").hidden = queue !== "search";
  $("cluster-label").hidden = queue !== "cluster";
  $("go").hidden = queue !== "search";
  $("bulk").hidden = !["search", "cluster"].includes(queue);
  draw.fill("looked");
}

async function takeQueue() {
  showQueue();
  if ($("wanted").value === "cluster") await takeClusters();
  if ($("wanted").value === "search" && !$("text").value) return $("text").focus();
  await next(false);
}

async function takeClusters() {
  for (;;) {
    const answer = await ask("clusters");
    if (!answer) return;
    if (answer.clusters) {
      tell("");
      draw.options("cluster", answer.clusters.map((one) => [one.cluster, `${one.words.join(", ")} (${one.open})`]));
      return;
    }
    tell(say.working);
    await new Promise((done) => setTimeout(done, 300));
  }
}

$("queue").addEventListener("submit", (event) => {
  event.preventDefault();
  next();
});
$("wanted").addEventListener("change", takeQueue);
$("cluster").addEventListener("change", () => next(false));

$("bulk-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await ask("look", { ...wanted(), least: Number($("least").value), topic: Number($("bulk-topic").value) });
  draw.fill("looked", ...(answer ? draw.looked(answer.look, say, nameOf, percent, accept) : []));
});

async function accept(ticket) {
  const answer = await ask("accept", { ticket, ...wanted() });
  draw.fill("looked");
  if (!answer) return;
  showArticle(answer.article);
  tell(say.accepted(answer.accepted));
}

// Language, and what is always there

function selects() {
  const topics = state.topics.map((one) => [one.topic, one.name]);
  draw.options("wanted", QUEUES.map(([value, word]) => [value, say[word]]));
  draw.options("filter-kind", [["", say.any], ["label", say.label], ["unsure", say.unsure], ["skip", say.skip]]);
  draw.options("filter-topic", [[-1, say.any], ...topics, [0, say.other]]);
  draw.options("bulk-topic", [[-1, say.any], ...topics, [0, say.other]]);
  draw.options("new-split", [[0, say.none], ...topics]);
}

function speak() {
  document.documentElement.lang = say === WORDS.vi ? "vi" : "en";
  for (const one of document.querySelectorAll("[data-say]")) one.textContent = say[one.dataset.say];
  $("language").textContent = say.language;
  $("language").lang = say === WORDS.vi ? "en" : "vi";
  selects();
}

$("language").addEventListener("click", () => {
  say = say === WORDS.vi ? WORDS.en : WORDS.vi;
  localStorage.setItem("chude-language", say === WORDS.vi ? "vi" : "en");
  speak();
  showArticle(shown, false);
  if (!$("view-topics").hidden) showTopics();
  if (!$("view-list").hidden) showList();
});
$("views").addEventListener("click", (event) => event.target.dataset.view && view(event.target.dataset.view));
$("filters").addEventListener("submit", (event) => {
  event.preventDefault();
  showList();
});

let renewed = "";
async function renew() {
  if (document.hidden || busy) return;
  const before = state && state.speaker;
  const answer = await ask("state");
  if (!answer) return;
  const now = JSON.stringify([state.speaker, state.behind, state.estimate]);
  if (now !== renewed && !$("view-label").hidden) {
    renewed = now;
    if (shown && before !== state.speaker) {
      const again = await ask("article", { article: shown.article });
      if (again && shown && again.article.article === shown.article) {
        shown = { ...again.article, queue: shown.queue, doubt: shown.doubt };
        draw.fill("article", ...draw.article(shown, say, nameOf));
      }
    }
    if (shown === null && !state.behind) await next(false);
    showState();
  }
}

(async () => {
  if (!(await ask("state"))) return;
  speak();
  await takeQueue();
  if (!state.topics.length) view("topics");
  setInterval(renew, 1000);
})();
