// Hides the stories that do not fit the words, topic, state, source and days asked for; accents may be left out.
const plain = s => s.toLowerCase().normalize('NFD').replace(/[\u0300-\u036f]/g, '').replace(/đ/g, 'd');
const stories = [...document.querySelectorAll('.story')].map(e => ({ element: e, text: '' }));
const field = name => document.getElementById(name);
const found = field('found');
let waiting = 0;

function fits(story, words) {
  const { state, topic, sources, first, last } = story.element.dataset;
  if (field('state').value && field('state').value !== state) return false;
  if (field('topic').value && field('topic').value !== topic) return false;
  if (field('source').value && !sources.split('|').includes(field('source').value)) return false;
  if (field('from').value && last < field('from').value) return false;
  if (field('to').value && first > field('to').value) return false;
  if (!words.length) return true;
  story.text = story.text || plain(story.element.textContent);
  return words.every(word => story.text.includes(word));
}

function search() {
  const words = plain(field('find').value).split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const story of stories) {
    story.element.hidden = !fits(story, words);
    shown += story.element.hidden ? 0 : 1;
  }
  for (const part of document.querySelectorAll('section')) {
    const inside = [...part.querySelectorAll('.story')];
    if (inside.length) part.hidden = inside.every(element => element.hidden);
  }
  found.textContent = shown < stories.length ? `${shown} of ${stories.length} stories` : '';
}

for (const input of document.querySelectorAll('.filters input, .filters select')) {
  input.addEventListener('input', () => { clearTimeout(waiting); waiting = setTimeout(search, 150); });
}
