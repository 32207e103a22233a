// Hides what does not hold the words searched for; accents may be left out. Not at each key: a page may be long.
const plain = s => s.toLowerCase().normalize('NFD').replace(/[\u0300-\u036f]/g, '').replace(/đ/g, 'd');
const items = [...document.querySelectorAll('.cluster, .alone li')].map(e => [e, '']);
const found = document.getElementById('found');
const find = document.getElementById('find');
let waiting = 0;
function search() {
  const words = plain(find.value).split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const item of items) {
    const element = item[0];
    item[1] = item[1] || plain(element.textContent);
    element.hidden = !words.every(word => item[1].includes(word));
    shown += element.hidden ? 0 : 1;
    const more = element.querySelector('details');
    if (more) more.open = words.length > 0 && words.some(word => plain(more.textContent).includes(word));
  }
  for (const part of document.querySelectorAll('section')) {
    const inside = [...part.querySelectorAll('.cluster, .alone li')];
    part.hidden = inside.length > 0 && inside.every(element => element.hidden);
  }
  found.textContent = words.length ? `${shown} of ${items.length} clusters` : '';
}
find.addEventListener('input', () => { clearTimeout(waiting); waiting = setTimeout(search, 150); });
addEventListener('beforeprint', () => document.querySelectorAll('details').forEach(e => { e.open = true; }));
