'use strict';
(() => {
  const PAGE = 50, PRINTED = 250;
  const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'];
  const STATES = {new: 'new', unchanged: 'was there before', absent: 'gone', incomparable: 'incomparable', waived: 'waived'};
  const $ = id => document.getElementById(id);
  const $$ = selector => [...document.querySelectorAll(selector)];
  document.documentElement.classList.add('script');

  // What comes from the estate becomes text, never markup.
  const make = (tag, attributes = {}, ...children) => {
    const e = document.createElement(tag);
    for (const [k, v] of Object.entries(attributes)) if (v !== undefined) e.setAttribute(k, v);
    e.append(...children);
    return e;
  };
  const block = name => document.querySelectorAll(`script.${name}`);
  const total = Number($('findings').dataset.total);
  openForPrint();
  if (!total) return;

  const head = JSON.parse(block('head')[0].textContent);
  const collator = new Intl.Collator('en-GB', {numeric: true, sensitivity: 'base'});
  const all = [], texts = [];
  let shown = [], page = 0, sort = {by: 'severity', down: false}, open = null;
  const filter = {words: [], severities: new Set(), rule: '', site: '', cause: '', state: ''};

  const text = ref => {
    if (typeof ref !== 'string') return texts[ref];
    if (texts.length < head.texts) texts.push(ref);
    return ref;
  };
  // Texts are numbered in the order in which they were written.
  const read = d => {
    const f = {rule: head.rules[d.r], msg: text(d.m), type: text(d.t), name: d.n, guid: d.g || '', sites: d.s || [], cause: d.c || 0, unknown: d.u, accept: d.f};
    if (d.p !== undefined) { f.path = text(d.p); f.actual = text(d.a); }
    if (d.e !== undefined) f.expected = text(d.e);
    if (d.w !== undefined) f.waiver = text(d.w);
    if (d.l !== undefined) f.place = text(d.l);
    if (d.h !== undefined) f.behind = text(d.h);
    f.state = d.b || '';
    f.severity = SEVERITIES.indexOf(f.rule.severity);
    f.site = f.sites.map(i => head.sites[i]).join(', ');
    f.haystack = [f.name, f.rule.id, f.rule.title, f.site, f.msg, f.type, f.guid].join('\n').toLowerCase();
    f.number = all.length;
    all.push(f);
  };

  const matches = f =>
    (!filter.severities.size || filter.severities.has(f.rule.severity)) &&
    (!filter.rule || f.rule.id === filter.rule) &&
    (!filter.site || (filter.site === 'none' ? !f.sites.length : f.sites.some(i => head.guids[i] === filter.site))) &&
    (!filter.cause || f.cause === Number(filter.cause)) &&
    (!filter.state || (filter.state === 'waived' ? f.waiver !== undefined : f.state === filter.state)) &&
    filter.words.every(w => f.haystack.includes(w));

  const KEYS = {
    severity: (a, b) => a.severity - b.severity,
    rule: (a, b) => a.rule === b.rule ? 0 : a.rule.id < b.rule.id ? -1 : 1,
    object: (a, b) => collator.compare(a.name, b.name),
    site: (a, b) => a.site === b.site ? 0 : collator.compare(a.site, b.site),
    message: (a, b) => a.msg === b.msg ? 0 : collator.compare(a.msg, b.msg),
  };

  function choose() {
    shown = all.filter(matches);
    const order = KEYS[sort.by];
    if (order) shown.sort((a, b) => (sort.down ? order(b, a) : order(a, b)) || a.number - b.number);
    page = 0;
    open = null;
    draw();
  }

  function cells(f) {
    const marks = [];
    if (f.state) marks.push(make('span', {class: `mark-${f.state}`}, STATES[f.state]));
    if (f.waiver !== undefined) marks.push(make('span', {class: 'mark-waived'}, 'waived'));
    const button = make('button', {type: 'button', class: 'open', 'aria-expanded': 'false'}, f.msg);
    return [
      make('td', {}, make('span', {class: `badge ${f.rule.severity}`}, f.rule.severity)),
      make('td', {}, make('code', {}, f.rule.id)),
      make('td', {class: 'object'}, make('bdi', {}, f.name), make('small', {}, f.type)),
      make('td', {}, make('bdi', {}, f.site || '–')),
      make('td', {class: 'message'}, button, ...marks),
    ];
  }

  function detail(f) {
    const list = make('dl', {class: 'facts'});
    const fact = (name, value) => { if (value) list.append(make('div', {}, make('dt', {}, name), make('dd', {}, value))); };
    fact('Rule', `${f.rule.id} ${f.rule.title}`);
    fact('GUID', f.guid);
    fact('Setting', f.path && `${f.path} is ${f.actual}${f.expected === undefined ? '' : `, should be ${f.expected}`}`);
    if (!f.path) fact('Expected', f.expected);
    fact('Stands in', f.place);
    fact('Waived', f.waiver);
    fact('State', STATES[f.state]);
    fact('Because of', f.behind);
    const cause = head.causes[f.cause - 1];
    if (cause) fact(cause.possible ? 'Possible cause' : 'Cause', `${cause.rule} ${cause.msg}`);
    if (f.unknown) fact('Clients', 'which ones it harms is not known');
    if (f.rule.params) fact('Parameters', f.rule.params.join('; '));
    if (f.accept) fact('To accept it', make('code', {}, `nscheck waiver add --from RESULT --fingerprint ${f.accept} --reason WHY`));
    if (f.rule.advice) fact('What to do', make('div', {}, ...f.rule.advice.map(p => make('p', {}, p))));
    return make('tr', {class: 'detail', id: 'detail'}, make('td', {colspan: '5'}, list));
  }

  function toggle(button) {
    const row = button.closest('tr'), was = button.getAttribute('aria-expanded') === 'true';
    close();
    if (was) return;
    row.after(detail(shown[Number(row.dataset.index)]));
    row.classList.add('opened');
    button.setAttribute('aria-expanded', 'true');
    button.setAttribute('aria-controls', 'detail');
    open = button;
  }

  function close() {
    if (!open) return;
    $('detail').remove();
    open.closest('tr').classList.remove('opened');
    open.setAttribute('aria-expanded', 'false');
    open.removeAttribute('aria-controls');
    open = null;
  }

  function draw(size = PAGE) {
    const from = page * PAGE, rows = document.createDocumentFragment();
    for (let i = from; i < Math.min(from + size, shown.length); i++) {
      const f = shown[i];
      rows.append(make('tr', {'data-index': i, class: f.waiver !== undefined || f.state === 'absent' ? 'quiet' : undefined}, ...cells(f)));
    }
    $('rows').replaceChildren(rows);
    const pages = Math.max(1, Math.ceil(shown.length / PAGE));
    $('place').textContent = `page ${page + 1} of ${pages}`;
    $('previous').disabled = page === 0;
    $('next').disabled = page + 1 >= pages;
    const count = n => n.toLocaleString('en-GB');
    $('status').textContent = all.length < total ? `Reading the findings: ${count(all.length)} of ${count(total)}`
      : shown.length === all.length ? `${count(all.length)} findings`
      : `${count(shown.length)} of ${count(all.length)} findings`;
    if (size > PAGE && shown.length > size) $('status').textContent += `; the first ${count(size)} are printed`;
    $$('[data-sort]').forEach(b => {
      const mine = b.dataset.sort === sort.by, th = b.closest('th');
      if (mine) th.setAttribute('aria-sort', sort.down ? 'descending' : 'ascending');
      else th.removeAttribute('aria-sort');
    });
  }

  function turn(by) {
    const pages = Math.ceil(shown.length / PAGE);
    if (page + by < 0 || page + by >= pages) return false;
    page += by;
    open = null;
    draw();
    return true;
  }

  const buttons = () => $$('#rows button.open');
  function go(from, step) {
    const list = buttons(), i = list.indexOf(from) + step;
    if (i >= list.length && turn(1)) return buttons()[0].focus();
    if (i < 0 && turn(-1)) return buttons().at(-1).focus();
    if (list[i]) { list[i].focus(); list[i].closest('tr').scrollIntoView({block: 'nearest'}); }
    else if (i < 0) $('search').focus();
  }

  function keys(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = event.target, typing = at.matches('input, select, textarea'), row = at.matches('#rows button.open');
    const done = {
      '/': () => !typing && ($('search').focus(), $('search').select(), true),
      Escape: () => at === $('search') && at.value ? (at.value = '', search(), true) : open && row && (close(), true),
      ArrowDown: () => at === $('search') ? (search(), buttons()[0]?.focus(), true) : row && (go(at, 1), true),
      ArrowUp: () => row && (go(at, -1), true),
      Home: () => row && (buttons()[0].focus(), true),
      End: () => row && (buttons().at(-1).focus(), true),
      PageDown: () => row && (turn(1) && buttons()[0].focus(), true),
      PageUp: () => row && (turn(-1) && buttons()[0].focus(), true),
    }[event.key];
    if (done && done()) event.preventDefault();
  }

  let waiting; // for the next stroke before the search

  function search() {
    clearTimeout(waiting);
    filter.words = $('search').value.toLowerCase().split(/\s+/).filter(Boolean);
    choose();
  }

  // Offers what there is, with counts.
  function offer() {
    const counts = {severity: new Map(), rule: new Map(), site: new Map(), cause: new Map(), state: new Map()};
    const add = (map, key) => map.set(key, (map.get(key) || 0) + 1);
    for (const f of all) {
      add(counts.severity, f.rule.severity);
      add(counts.rule, f.rule.id);
      if (!f.sites.length) add(counts.site, 'none');
      for (const i of f.sites) add(counts.site, head.guids[i]);
      if (f.cause) add(counts.cause, f.cause);
      if (f.state) add(counts.state, f.state);
      if (f.waiver !== undefined) add(counts.state, 'waived');
    }
    $('severities').replaceChildren(...SEVERITIES.filter(s => counts.severity.has(s)).map(s =>
      make('button', {type: 'button', class: `pill ${s}`, 'aria-pressed': 'false', 'data-severity': s}, s, make('b', {}, counts.severity.get(s)))));
    const option = (value, label, n) => make('option', {value}, `${label.length > 80 ? `${label.slice(0, 79)}…` : label} (${n})`);
    const fill = (id, list) => $(id).append(...list.filter(([v]) => counts[id].has(v)).map(([v, label]) => option(v, label, counts[id].get(v))));
    fill('rule', head.rules.map(r => [r.id, `${r.id} ${r.title}`]));
    fill('site', [...head.guids.map((g, i) => [g, head.sites[i]]), ['none', 'in no known site']]);
    fill('cause', head.causes.map((c, i) => [i + 1, `${c.possible ? 'possibly ' : ''}${c.msg}`]));
    fill('state', Object.entries(STATES));
    $('state-label').hidden = !counts.state.size;
  }

  function only(what, value) {
    document.querySelector('form.tools').reset();
    $(what).value = value;
    apply();
    $('findings').scrollIntoView();
    $('search').focus({preventScroll: true});
  }

  function apply() {
    for (const id of ['rule', 'site', 'cause', 'state']) filter[id] = $(id).value;
    filter.severities = new Set($$('#severities [aria-pressed=true]').map(b => b.dataset.severity));
    search();
  }

  function listen() {
    $('search').addEventListener('input', () => { clearTimeout(waiting); waiting = setTimeout(search, 60); });
    const form = document.querySelector('form.tools');
    form.addEventListener('submit', e => e.preventDefault());
    form.addEventListener('change', apply);
    form.addEventListener('reset', () => {
      $$('#severities [aria-pressed]').forEach(b => b.setAttribute('aria-pressed', 'false'));
      setTimeout(apply);
    });
    $('severities').addEventListener('click', e => {
      const b = e.target.closest('[data-severity]');
      if (!b) return;
      b.setAttribute('aria-pressed', b.getAttribute('aria-pressed') !== 'true');
      apply();
    });
    $$('[data-sort]').forEach(b => b.addEventListener('click', () => {
      sort = {by: b.dataset.sort, down: sort.by === b.dataset.sort && !sort.down};
      choose();
    }));
    $('rows').addEventListener('click', e => {
      const row = e.target.closest('tr[data-index]');
      if (row && !String(getSelection())) toggle(row.querySelector('button.open'));
    });
    $('previous').addEventListener('click', () => turn(-1));
    $('next').addEventListener('click', () => turn(1));
    $$('[data-rule]').forEach(b => b.addEventListener('click', () => only('rule', b.dataset.rule)));
    $$('[data-state]').forEach(b => b.addEventListener('click', () => only('state', b.dataset.state)));
    $$('[data-site]').forEach(b => b.addEventListener('click', () => only('site', b.dataset.site)));
    $$('[data-cause]').forEach(b => b.addEventListener('click', () => only('cause', head.causes.findIndex(c => c.id === b.dataset.cause) + 1)));
    document.addEventListener('keydown', keys);
    addEventListener('beforeprint', () => { close(); page = 0; draw(PRINTED); });
    addEventListener('afterprint', () => draw());
  }

  // Block by block, with pauses in which the page answers.
  function load(blocks) {
    const next = blocks.shift();
    if (next) {
      JSON.parse(next.textContent).forEach(read);
      next.remove();
      if (all.length <= 5000) { shown = all.slice(); draw(); } else { $('status').textContent = `Reading the findings: ${all.length} of ${total}`; }
      setTimeout(() => load(blocks));
      return;
    }
    offer();
    listen();
    choose();
    document.documentElement.dataset.ready = 'yes';
  }
  load([...block('findings')]);

  function openForPrint() {
    let opened = [];
    addEventListener('beforeprint', () => { opened = $$('details:not([open])'); opened.forEach(d => { d.open = true; }); });
    addEventListener('afterprint', () => opened.forEach(d => { d.open = false; }));
  }
})();
