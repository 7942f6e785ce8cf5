/* The transactions page's list: rows by key from the API, in a grid where there is room and as cards on a phone;
   search, filters, totals, keys. Scrolling goes forwards: each page is asked for with the cursor that the one before it
   gave, and all cursors are kept, so that going back costs one request and nothing is ever counted off. */
(function () {
  'use strict';
  var fd = window.fdImport, L = window.fdLedger, el = fd.el, t = window.fd.t, n = fd.n;
  var PAGE = 100, NARROW = window.matchMedia('(max-width: 800px)');
  var DEEPEST = 10;   // blocks that are read again in place; further down rows stay until the list is at its top again
  var cursors = {}, generation = 0, cards = null, watcher = null, searching = null, stale = false;
  var anchor = null;  // the row that stays where it is while the list is read again: id, index, height
  var again = null;   // pages that are being read anew, by their first row: each needs the cursor of the one before it
  L.grid = null;
  L.selected = new Set();

  function place(name) { return document.getElementById('ledger-' + name); }

  function apiQuery(extra) {
    var query = new URLSearchParams(L.context.query);
    Object.keys(extra || {}).forEach(function (name) { query.set(name, extra[name]); });
    return query.toString();
  }

  function fetchPage(start) {
    if (!again) { return readPage(start); }
    var mine = again;
    mine[start] = mine[start] || (start > 0 ? fetchPage(start - PAGE) : Promise.resolve()).then(function () { return readPage(start); });
    return mine[start];
  }

  function readPage(start) {
    var extra = { sort: L.sort, limit: String(PAGE) };
    if (start > 0) {
      if (!cursors[start]) { return Promise.reject({ jump: true, detail: t('Scroll on to reach this place.') }); }
      extra.cursor = cursors[start];
    }
    return L.api('GET', '/financial/transactions?' + apiQuery(extra)).then(function (answer) {
      var page = answer.body;
      page.data.forEach(function (row) { L.rows.set(row.id, row); });
      if (page.next_cursor) { cursors[start + page.data.length] = page.next_cursor; }
      return page;
    });
  }

  /* ---- The grid ---- */

  function source(mine) {
    return {
      getRows: function (params) {
        fetchPage(params.startRow).then(function (page) {
          if (mine !== generation) { params.failCallback(); return; }
          settled(page.data.length === 0 && params.startRow === 0);
          params.successCallback(page.data, page.next_cursor ? -1 : params.startRow + page.data.length);
          widen(page.data);
          hold();
          restoreSelection();
        }, function (fault) {
          params.failCallback();
          if (mine === generation && !fault.jump) { trouble(fault); }
        });
      }
    };
  }

  /* A column that most people leave empty gets room with the first row that has something in it. */
  function widen(rows) {
    ['tags', 'note'].forEach(function (name) {
      var column = L.grid.getColumn(name);
      if (column && !column.getFlex() && column.getActualWidth() === 76 && rows.some(function (row) { return row[name] && row[name].length; })) {
        L.grid.applyColumnState({ state: [{ colId: name, flex: name === 'note' ? 3 : 2 }] });
      }
    });
  }

  /* On a tablet the amount stays in sight: what the drawer shows too gives way. */
  function fit() {
    var room = L.grid && L.gridPlace ? L.gridPlace.clientWidth : 0;
    if (!room) { return; }
    L.grid.setColumnsVisible(['tags', 'note'], room >= 840);
    L.grid.setColumnsVisible(['account_id'], room >= 690);
  }

  function loadScript() {
    var meta = document.querySelector('meta[name="fd-grid"]');
    if (window.dash_ag_grid || !meta) { return Promise.resolve(); }
    L.script = L.script || new Promise(function (resolve, reject) {
      var script = document.createElement('script');
      script.src = meta.content;
      script.addEventListener('load', resolve);
      script.addEventListener('error', function () { L.script = null; reject(fd.problem(0, null)); });
      document.head.append(script);
    });
    return L.script;
  }

  function openGrid() {
    var box = document.getElementById('transactions-grid-box');
    if (L.grid && box.contains(L.gridPlace)) { begin(); return; }
    L.grid = null;
    loadScript().then(function () {
      var mirrored = getComputedStyle(document.documentElement).direction === 'rtl';
      window.dash_clientside.set_props('transactions-wide', { data: { at: Date.now(), mirrored: mirrored } });
      awaitGrid();
    }, trouble);
  }

  /* The grid exists once its chunk is loaded and Dash has drawn it; its API is then there. */
  function awaitGrid() {
    var box = document.getElementById('transactions-grid-box');
    if (!box) { return; }
    var found = null;
    try { found = document.getElementById('transactions-grid') && window.dash_ag_grid.getApi('transactions-grid'); } catch (error) { found = null; }
    /* Dash gives the grid a source of its own once it is ready; ours takes its place after that. */
    if (!found || !found.getGridOption('datasource')) { window.setTimeout(awaitGrid, 40); return; }
    L.grid = found;
    L.gridPlace = document.getElementById('transactions-grid');
    found.addEventListener('sortChanged', sortChanged);
    found.addEventListener('selectionChanged', selectionChanged);
    found.addEventListener('cellClicked', clicked);
    found.addEventListener('cellKeyDown', gridKeys);
    found.addEventListener('gridSizeChanged', fit);
    fit();
    found.addEventListener('bodyScrollEnd', function () { if (stale && found.getFirstDisplayedRowIndex() < PAGE) { refresh(); } });
    begin();
  }

  function begin() {
    if (!L.grid || !L.context) { return; }
    var by = L.sort.replace('-', ''), way = L.sort.charAt(0) === '-' ? 'desc' : 'asc';
    L.quiet = true;
    L.grid.applyColumnState({ state: [{ colId: by, sort: way }], defaultState: { sort: null } });
    L.quiet = false;
    anchor = null;
    L.grid.setGridOption('datasource', source(generation));
  }

  function sortChanged() {
    if (L.quiet) { return; }
    var column = L.grid.getColumnState().filter(function (each) { return each.sort; })[0];
    var sort = column ? (column.sort === 'desc' ? '-' : '') + column.colId : '-booked_on';
    if (sort === L.sort) { return; }
    go(function (query) { if (sort === '-booked_on') { query.delete('sort'); } else { query.set('sort', sort); } });
  }

  function selectionChanged() {
    if (L.restoring) { return; }
    L.all = false;
    L.selected = new Set(L.grid.getSelectedNodes().map(function (node) { return node.id; }));
    L.drawBar();
  }

  /* The grid has just taken a block: the anchor's row may have moved, and the list follows before it is painted. */
  function hold() {
    if (!anchor) { return; }
    var node = L.grid.getRowNode(anchor.id);
    if (node && node.rowIndex !== null && node.rowIndex !== anchor.index) {
      viewport().scrollTop += (node.rowIndex - anchor.index) * anchor.height;
      anchor.index = node.rowIndex;
    }
    var open = Object.values(L.grid.getCacheBlockState() || {}).some(function (each) { return each.pageStatus !== 'loaded' && each.pageStatus !== 'failed'; });
    if (!open) { anchor = null; }
  }

  function restoreSelection() {
    if (!L.selected.size) { return; }
    L.restoring = true;
    L.grid.forEachNode(function (node) { if (L.selected.has(node.id)) { node.setSelected(true); } });
    L.restoring = false;
  }

  var EDITED = { payee: true, category_id: true, tags: true, note: true };

  function cellOf(event) {
    return event.event && event.event.target ? event.event.target.closest('.ag-cell') : null;
  }

  function clicked(event) {
    var row = event.data;
    if (!row || event.column.getColId().indexOf('ag-Grid') === 0) { return; }
    var field = event.column.getColId();
    var wantsEdit = field !== 'payee' ? EDITED[field] : event.event.target.closest('.ledger-pencil');
    if (L.context.writes && wantsEdit) { L.edit(row, field, cellOf(event)); return; }
    L.open(row.id);
  }

  function gridKeys(event) {
    var row = event.data, key = event.event.key, field = event.column.getColId();
    if (!row || event.event.ctrlKey || event.event.metaKey || event.event.altKey) { return; }
    if (key === 'Enter') {
      event.event.preventDefault();
      if (L.context.writes && EDITED[field]) { L.edit(row, field, cellOf(event)); } else { L.open(row.id); }
    } else if (key === 'e' && L.context.writes) {
      event.event.preventDefault();
      var line = event.event.target.closest('.ag-row');
      L.edit(row, 'category_id', line.querySelector('[col-id="category_id"]'));
    } else if (key === 'o') { L.open(row.id); }
  }

  /* ---- What stands in a cell ---- */

  function react(name, draw) {
    window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {};
    window.dashAgGridComponentFunctions[name] = function (props) {
      var make = window.React.createElement;
      if (!props.data) { return make('span', { className: 'skeleton ledger-bone' }); }
      return draw(props.data, make);
    };
  }

  function marksOf(row) {
    var marks = [];
    if (row.transfer_id) { marks.push(['arrows-left-right', t('Transfer')]); }
    if (row.pending) { marks.push(['history', t('Pending')]); }
    if (row.type === 'adjustment') { marks.push(['settings', t('Adjustment')]); }
    return marks;
  }

  react('FdDay', function (row, make) { return make('time', { dateTime: row.booked_on, className: 'date quiet' }, L.shortDay(row.booked_on)); });
  react('FdPayee', function (row, make) {
    var below = row.payee && row.purpose && row.purpose !== row.payee ? row.purpose : null;
    var parts = [make('bdi', { key: 'who', className: 'ledger-who' + (row.pending ? ' is-pending' : ''), title: L.who(row) }, L.who(row))];
    if (below) { parts.push(make('bdi', { key: 'why', className: 'ledger-why', title: below }, below)); }
    marksOf(row).forEach(function (mark) {
      parts.push(make('span', { key: mark[1], className: 'tag' }, make('span', { className: 'icon icon-' + mark[0], 'aria-hidden': 'true' }), make('span', {}, mark[1])));
    });
    if (L.context && L.context.writes) { parts.push(make('span', { key: 'pencil', className: 'ledger-pencil icon icon-pencil', 'aria-hidden': 'true' })); }
    return make('span', { className: 'ledger-what' }, parts);
  });
  react('FdCategory', function (row, make) {
    var open = !row.category_id && !row.splits.length && !row.transfer_id;
    return make('bdi', { className: 'ledger-cut' + (open ? ' ledger-open' : row.category_id ? '' : ' quiet'), title: L.categoryName(row) }, L.categoryName(row));
  });
  react('FdTags', function (row, make) {
    return make('span', { className: 'ledger-tags' }, row.tags.map(function (tag) { return make('bdi', { key: tag, className: 'ledger-tag', title: tag }, tag); }));
  });
  react('FdNote', function (row, make) { return make('bdi', { className: 'ledger-cut quiet', title: row.note || '' }, row.note || ''); });
  react('FdAccount', function (row, make) { return make('bdi', { className: 'ledger-cut quiet', title: L.accountName(row.account_id) }, L.accountName(row.account_id)); });
  react('FdAmount', function (row, make) {
    var inflow = row.amount.charAt(0) !== '-' && !row.transfer_id;
    return make('span', { className: 'money ledger-money' + (inflow ? ' inflow' : '') + (row.pending ? ' is-pending' : '') }, L.money(row.amount, row.currency));
  });

  /* ---- Cards ---- */

  function openCards() {
    var box = place('cards');
    if (watcher) { watcher.disconnect(); }
    cards = { mine: generation, start: 0, day: null, group: null, end: el('div', { className: 'ledger-end' }), busy: false, done: false };
    box.replaceChildren(cards.end);
    watcher = new IntersectionObserver(function (seen) {
      if (seen.some(function (each) { return each.isIntersecting; })) { moreCards(); }
    }, { rootMargin: '800px' });
    watcher.observe(cards.end);
  }

  function moreCards() {
    var mine = cards;
    if (mine.busy || mine.done) { return; }
    mine.busy = true;
    fetchPage(mine.start).then(function (page) {
      if (mine !== cards || mine.mine !== generation) { return; }
      settled(page.data.length === 0 && mine.start === 0);
      page.data.forEach(function (row) { addCard(mine, row); });
      mine.start += page.data.length;
      mine.busy = false;
      mine.done = !page.next_cursor;
      /* What is still in sight is asked for again: an observer only tells of changes. */
      watcher.unobserve(mine.end);
      if (!mine.done) { watcher.observe(mine.end); }
    }, function (fault) {
      if (mine !== cards) { return; }
      mine.busy = false;
      trouble(fault);
    });
  }

  function addCard(mine, row) {
    var byDay = L.sort.indexOf('booked_on') >= 0, head = byDay ? row.booked_on : 'all';
    if (head !== mine.day) {
      mine.day = head;
      mine.group = el('ul', { className: 'ledger-day' });
      var title = byDay ? el('h2', { className: 'ledger-day-title' }, L.longDay(row.booked_on)) : null;
      mine.end.before(el('section', {}, title, mine.group));
    }
    mine.group.append(card(row));
  }

  function card(row) {
    var facts = [L.categoryName(row), L.accountName(row.account_id)];
    if (L.sort.indexOf('booked_on') < 0) { facts.unshift(L.shortDay(row.booked_on)); }
    var marks = marksOf(row).map(function (mark) { return el('span', { className: 'tag' }, fd.icon(mark[0]), el('span', { className: 'tag-word' }, mark[1])); });
    var open = !row.category_id && !row.splits.length && !row.transfer_id;
    var item = el('li', { className: 'ledger-card' + (open ? ' is-open' : '') });
    item.setAttribute('data-row', row.id);
    var press = el('button', { type: 'button', className: 'ledger-card-press' },
      el('span', { className: 'ledger-check', 'aria-hidden': 'true' }, fd.icon('check')),
      el('span', { className: 'ledger-card-text' }, el('span', { className: 'ledger-card-line' }, el('bdi', { className: 'ledger-who' + (row.pending ? ' is-pending' : '') }, L.who(row)), marks),
        el('span', { className: 'ledger-card-below' }, facts.map(function (fact, index) { return [index ? ' · ' : '', el('bdi', {}, fact)]; }))),
      L.amount(row));
    press.addEventListener('click', function () { if (L.choosing) { toggle(row.id); } else { L.open(row.id); } });
    item.append(press);
    if (L.choosing) { press.setAttribute('aria-pressed', L.selected.has(row.id) ? 'true' : 'false'); }
    return item;
  }

  function toggle(id) {
    if (L.selected.has(id)) { L.selected.delete(id); } else { L.selected.add(id); }
    L.all = false;
    markCards();
    L.drawBar();
  }

  function markCards() {
    place('cards').classList.toggle('is-choosing', Boolean(L.choosing));
    place('cards').querySelectorAll('[data-row]').forEach(function (item) {
      var press = item.firstElementChild;
      if (L.choosing) { press.setAttribute('aria-pressed', L.all || L.selected.has(item.getAttribute('data-row')) ? 'true' : 'false'); } else { press.removeAttribute('aria-pressed'); }
    });
  }

  function choose(on) {
    L.choosing = on;
    if (!on) { clearSelection(); }
    markCards();
    L.drawBar();
    drawActions();
  }

  function clearSelection() {
    L.selected = new Set();
    L.all = false;
    if (L.grid && !NARROW.matches) { L.restoring = true; L.grid.deselectAll(); L.restoring = false; }
    if (place('cards')) { markCards(); }
    L.drawBar();
  }

  /* ---- One row anew, all anew ---- */

  function replaceRow(row) {
    L.rows.set(row.id, row);
    var node = L.grid && L.grid.getRowNode(row.id);
    if (node) { node.setData(row); L.grid.refreshCells({ rowNodes: [node], force: true }); }
    var item = place('cards') && place('cards').querySelector('[data-row="' + CSS.escape(row.id) + '"]');
    if (item) { item.replaceWith(card(row)); }
    totals();
  }

  function reread(id) {
    return L.api('GET', L.one(id)).then(function (answer) {
      replaceRow(answer.body);
      return answer;
    });
  }

  /* ---- The books changed elsewhere ---- */

  function rename(context) {
    ['accounts', 'categories', 'tags', 'today', 'version'].forEach(function (name) { L.context[name] = context[name]; });
    L.accounts = Object.fromEntries(context.accounts.map(function (each) { return [each.id, each]; }));
    L.categories = Object.fromEntries(context.categories.map(function (each) { return [each.id, each]; }));
  }

  function viewport() { return L.gridPlace && L.gridPlace.querySelector('.ag-body-viewport'); }

  /* The rows that are loaded are read again, and the list stays at the row that is at its top; the old rows stand until
     the new ones are there. What is chosen stays chosen. */
  function refresh() {
    var box = viewport(), first = L.grid.getFirstDisplayedRowIndex(), kept = L.grid.getDisplayedRowAtIndex(first);
    var blocks = Object.values(L.grid.getCacheBlockState() || {}), last = Math.max.apply(null, [0].concat(blocks.map(function (each) { return each.blockNumber; })));
    if (!box || L.grid.getDisplayedRowCount() === 0) { reload(); return; }
    if (last >= DEEPEST) { stale = true; return; }
    stale = false;
    cursors = {};
    if (!anchor && kept && kept.id && box.scrollTop > 0) { anchor = { id: kept.id, index: first, height: kept.rowHeight }; }
    var mine = again = {};
    L.grid.refreshInfiniteCache();
    fetchPage(last * PAGE).catch(function () { /* the old rows stand; the next change reads them again */ }).finally(function () {
      if (again === mine) { again = null; }
    });
  }

  function follow(context) {
    if (!context || !L.context || !place('cards') || !place('search').firstChild) { return null; }
    rename(context);
    totals();
    if (!NARROW.matches) { if (L.grid) { refresh(); } } else if (window.scrollY < window.innerHeight && !L.choosing && !L.busy() && !document.querySelector('dialog[open]')) {
      freshCards();
    }
    return context.version;
  }

  /* The newest cards take the place of the ones that stand, in one step. */
  function freshCards() {
    var mine = generation;
    readPage(0).then(function (page) {
      if (mine !== generation) { return; }
      generation += 1;
      cursors = {};
      if (page.next_cursor) { cursors[page.data.length] = page.next_cursor; }
      openCards();
      page.data.forEach(function (row) { addCard(cards, row); });
      cards.start = page.data.length;
      cards.done = !page.next_cursor;
      settled(page.data.length === 0);
    }, function () { /* the old ones stand */ });
  }

  /* After something that changed which rows there are, or many of them. The grid stays where it was. */
  function reload() {
    generation += 1;
    cursors = {};
    totals();
    if (NARROW.matches) { openCards(); return; }
    if (L.grid) { L.grid.setGridOption('datasource', source(generation)); }
  }

  function settled(empty) {
    var panel = document.querySelector('.ledger-panel');
    panel.classList.add('is-filled');
    panel.classList.toggle('is-empty', empty);
    var foot = place('foot');
    foot.replaceChildren();
    if (!empty) { return; }
    var narrowed = L.context.filters.length || L.context.query;
    foot.replaceChildren(el('div', { className: 'state' }, el('span', { className: 'state-icon' }, fd.icon(narrowed ? 'search' : 'upload')),
      el('h2', {}, narrowed ? t('Nothing matches') : t('No transactions yet')),
      el('p', {}, narrowed ? t('No transaction fits this search, these filters and this period.') : t('Import a statement, or add the first transaction by hand.')),
      el('p', {}, narrowed ? fd.button(t('Show all transactions'), function () { go(function (query) { Array.from(query.keys()).forEach(function (name) { query.delete(name); }); }); }, { className: 'button button-primary' })
        : el('a', { className: 'button button-primary', href: '/import' }, fd.icon('upload'), t('Import a statement')))));
  }

  function trouble(fault) {
    var foot = place('foot');
    if (!foot) { return; }
    var wrong = fault.status === 422 || fault.status === 404;
    document.querySelector('.ledger-panel').classList.add('is-filled');
    document.querySelector('.ledger-panel').classList.toggle('is-empty', wrong);
    foot.replaceChildren(fd.trouble(wrong ? t('This view cannot be shown') : t('The transactions could not be fetched'), fault),
      wrong ? el('a', { className: 'button', href: '/transactions' }, t('Show all transactions')) : fd.button(t('Try again'), reload));
  }

  /* ---- Totals ---- */

  function totals() {
    var mine = generation, box = place('totals');
    if (!box) { return; }
    L.api('GET', '/financial/transactions/totals?' + apiQuery()).then(function (answer) {
      if (mine !== generation || !place('totals')) { return; }
      L.count = answer.body.count;
      var sums = answer.body.totals.map(function (each) {
        var pair = function (name, amount, css) { return el('span', { className: 'ledger-sum-pair' }, el('span', { className: 'ledger-sum-name' }, name), el('span', { className: css }, amount)); };
        return el('span', { className: 'ledger-sum' }, pair(t('In'), L.money(each.inflow, each.currency, true), 'money'),
          pair(t('Out'), L.money(each.outflow, each.currency, true), 'money'), pair(t('Net'), L.money(each.net, each.currency), 'money strong'));
      });
      box.replaceChildren.apply(box, [el('span', { className: 'strong' }, n('{n} transaction', '{n} transactions', L.count))].concat(L.count ? sums : []));
      L.drawBar();
    }, function () { if (mine === generation && place('totals')) { place('totals').replaceChildren(); } });
  }

  /* ---- The address ---- */

  /* `act` changes the query; the page follows the address. */
  function go(act) {
    var query = new URLSearchParams(window.location.search);
    act(query);
    var text = query.toString();
    window.dash_clientside.set_props('url', { search: text ? '?' + text : '' });
  }

  /* ---- Search and what can be done ---- */

  function drawSearch() {
    var box = place('search');
    if (!box.firstChild) {
      var field = el('input', { type: 'search', id: 'ledger-q', className: 'ledger-input', placeholder: t('Search payee, purpose, note'), 'aria-label': t('Search transactions'), 'aria-keyshortcuts': '/', enterKeyHint: 'search', maxLength: 200 });
      field.addEventListener('input', function () {
        window.clearTimeout(searching);
        searching = window.setTimeout(search, 350);
      });
      field.addEventListener('keydown', function (event) {
        if (event.key === 'Enter') { window.clearTimeout(searching); search(); }
        if (event.key === 'Escape' && field.value) { field.value = ''; search(); }
        if (event.key === 'ArrowDown' && L.grid) { event.preventDefault(); focusGrid(); }
      });
      box.append(field, el('kbd', { className: 'ledger-key', 'aria-hidden': 'true' }, '/'));
    }
    var given = new URLSearchParams(L.context.query).get('q') || '';
    var now = box.firstChild;
    if (document.activeElement !== now || !now.value) { now.value = given; }
  }

  function search() {
    var text = document.getElementById('ledger-q').value.trim();
    if ((new URLSearchParams(window.location.search).get('q') || '') === text) { return; }
    go(function (query) { if (text) { query.set('q', text); } else { query.delete('q'); } });
  }

  function focusGrid() {
    if (L.grid && L.grid.getDisplayedRowAtIndex(0)) { L.grid.setFocusedCell(0, 'payee'); }
  }

  function exportLinks() {
    var query = apiQuery({ sort: L.sort });
    return el('details', { className: 'menu ledger-export' }, el('summary', { className: 'button', 'aria-label': t('Export') }, fd.icon('download'), el('span', { className: 'ledger-wide' }, t('Export'))),
      el('div', { className: 'sheet ledger-sheet' },
        el('a', { className: 'sheet-item', href: '/financial/transactions.csv?' + query, download: '' }, 'CSV'),
        el('a', { className: 'sheet-item', href: '/financial/transactions.xlsx?' + query, download: '' }, t('Excel (XLSX)'))));
  }

  function drawActions() {
    var parts = [fd.button([fd.icon('filter'), el('span', {}, t('Filter'))], filterDialog, { id: 'ledger-filter' }), exportLinks()];
    if (L.context.writes && NARROW.matches) {
      parts.push(fd.button(L.choosing ? t('Done') : t('Select'), function () { choose(!L.choosing); }, { 'aria-pressed': L.choosing ? 'true' : 'false' }));
    }
    if (L.context.writes) { parts.push(fd.button([fd.icon('plus'), el('span', {}, t('New'))], function () { L.create(); }, { className: 'button button-primary', 'aria-label': t('New transaction') })); }
    place('actions').replaceChildren.apply(place('actions'), parts);
  }

  function checks(legend, name, options, chosen) {
    return el('fieldset', { className: 'ledger-checks' }, el('legend', {}, legend), el('div', { className: 'ledger-check-list' }, options.map(function (each) {
      var box = el('input', { type: 'checkbox', name: name, value: each.value, checked: chosen.indexOf(each.value) >= 0 });
      var line = el('label', {}, box, el('bdi', {}, each.text));
      line.style.paddingInlineStart = 6 + 16 * (each.depth || 0) + 'px';
      return line;
    })));
  }

  function filterDialog() {
    var query = new URLSearchParams(window.location.search), box = L.dialog('window', t('Filter'), 'filter');
    var status = el('select', { className: 'ledger-input' }, [['', t('Pending and booked')], ['true', t('Only pending')], ['false', t('Only booked')]].map(function (each) { return el('option', { value: each[0] }, each[1]); }));
    status.value = query.get('pending') || '';
    var order = el('select', { className: 'ledger-input' }, [['-booked_on', t('Newest first')], ['booked_on', t('Oldest first')], ['-amount', t('Largest inflow first')], ['amount', t('Largest outflow first')]].map(function (each) { return el('option', { value: each[0] }, each[1]); }));
    order.value = L.sort;
    var least = el('input', { type: 'text', inputMode: 'text', className: 'ledger-input', value: query.get('min_amount') || '', placeholder: '\u2212100.00' });
    var most = el('input', { type: 'text', inputMode: 'text', className: 'ledger-input', value: query.get('max_amount') || '', placeholder: '500.00' });
    var leastField = L.field(t('Amount from'), least), mostField = L.field(t('Amount up to'), most);
    var categories = [{ value: 'none', text: t('Uncategorised') }].concat(L.categoryOptions());
    var accounts = L.context.accounts.map(function (each) { return { value: each.id, text: each.name }; });
    var tags = L.context.tags.map(function (each) { return { value: each, text: each }; });
    var form = el('form', { className: 'ledger-form', noValidate: true },
      el('div', { className: 'ledger-pair' }, L.field(t('Status'), status), L.field(t('Order'), order)),
      el('div', { className: 'ledger-pair' }, leastField, mostField),
      el('p', { className: 'ledger-hint' }, t('Amounts in {currency}; what goes out is negative.', { currency: L.context.currency })),
      checks(t('Accounts'), 'account_id', accounts, query.getAll('account_id')),
      checks(t('Categories'), 'category_id', categories, query.getAll('category_id')),
      tags.length ? checks(t('Tags'), 'tag', tags, query.getAll('tag')) : null);
    form.id = 'ledger-filter-form';
    form.addEventListener('submit', function (event) {
      event.preventDefault();
      var places = new Intl.NumberFormat('en', { style: 'currency', currency: L.context.currency }).resolvedOptions().maximumFractionDigits;
      var from = least.value.trim() ? L.minor(least.value, places) : undefined, to = most.value.trim() ? L.minor(most.value, places) : undefined;
      L.wrong(leastField, from === null ? t('Write an amount such as \u2212100.00') : '');
      L.wrong(mostField, to === null ? t('Write an amount such as 500.00') : from !== undefined && to !== undefined && from !== null && to < from ? t('This is below the other amount') : '');
      var bad = form.querySelector('[aria-invalid]');
      if (bad) { bad.focus(); return; }
      box.close();
      go(function (next) {
        ['pending', 'min_amount', 'max_amount', 'account_id', 'category_id', 'tag', 'sort'].forEach(function (name) { next.delete(name); });
        form.querySelectorAll('input:checked').forEach(function (each) { next.append(each.name, each.value); });
        if (status.value) { next.set('pending', status.value); }
        if (from !== undefined) { next.set('min_amount', L.decimal(from, places)); }
        if (to !== undefined) { next.set('max_amount', L.decimal(to, places)); }
        if (order.value !== '-booked_on') { next.set('sort', order.value); }
      });
    });
    box.body.append(form);
    box.foot.append(fd.button(t('Clear all'), function () {
      box.close();
      go(function (next) { Array.from(next.keys()).forEach(function (name) { if (['period', 'from', 'to'].indexOf(name) < 0) { next.delete(name); } }); });
    }), el('button', { type: 'submit', className: 'button button-primary' }, t('Show')));
    box.foot.lastChild.setAttribute('form', form.id);
  }

  /* ---- Keys of the whole page ---- */

  document.addEventListener('keydown', function (event) {
    if (!place('search') || !place('search').firstChild || event.ctrlKey || event.metaKey || event.altKey) { return; }
    if (event.target.closest('input, textarea, select, dialog, [contenteditable]')) { return; }
    if (event.key === '/') { event.preventDefault(); document.getElementById('ledger-q').focus(); }
  });

  NARROW.addEventListener('change', function () { if (L.context && place('cards')) { start(true); } });

  /* ---- The page ---- */

  function start(again) {
    if (!again) { generation += 1; cursors = {}; L.rows = new Map(); totals(); }
    drawSearch();
    drawActions();
    if (NARROW.matches) { openCards(); } else { openGrid(); }
  }

  function open(context) {
    if (!context || !place('cards')) { return null; }
    fd.locale = context.locale;
    L.context = context;
    L.sort = context.sort;
    L.accounts = Object.fromEntries(context.accounts.map(function (each) { return [each.id, each]; }));
    L.categories = Object.fromEntries(context.categories.map(function (each) { return [each.id, each]; }));
    L.selected = new Set();
    L.all = false;
    L.choosing = false;
    L.count = null;
    L.drawBar();
    start(false);
    var wanted = /^#(\d+)$/.exec(window.location.hash);
    if (wanted) { L.open(wanted[1]); }
    return context.version;
  }

  Object.assign(L, { apiQuery: apiQuery, replaceRow: replaceRow, reread: reread, reload: reload, clearSelection: clearSelection, choose: choose, markCards: markCards, narrow: NARROW });
  window.dash_clientside = Object.assign({}, window.dash_clientside);
  window.dash_clientside.fd = Object.assign({}, window.dash_clientside.fd, { openLedger: open, followLedger: follow });
})();
