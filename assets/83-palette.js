/* The palette of commands (Ctrl K, Cmd K), the sheet of shortcuts (?), `g` and a letter, `p` for privacy.
   The palette is a modal dialog with a combobox and its list (WAI-ARIA 1.2, combobox with list autocomplete). */
(function () {
  'use strict';
  var fd = window.fdImport, L = window.fdLedger, el = fd.el, t = window.fd.t;
  var P = window.fdPalette = { sources: [] };
  var WAIT_MS = 1200;   // between g and its letter
  var MOST = 60;        // entries shown at once
  var MAC = /Mac|iPhone|iPad/.test(navigator.platform);
  var LETTERS = { o: '/', t: '/transactions', b: '/budgets', a: '/accounts', f: '/cash-flow', n: '/net-worth', c: '/categories', i: '/import', e: '/embeds', s: '/settings' };
  var PAGES = t('Pages'), ACTIONS = t('Actions');
  var box = null, going = null;

  /* ---- Where things are ---- */

  /* Go to a page of the product without loading it anew, as its own links do. */
  function go(address) {
    window.history.pushState({}, '', address);
    window.dispatchEvent(new CustomEvent('_dashprivate_pushstate'));
    window.scrollTo(0, 0);
  }

  function press(id) { var node = document.getElementById(id); if (node) { node.click(); } }

  function pages() {
    return Array.from(document.querySelectorAll('.rail nav a')).map(function (link) {
      var path = new URL(link.href).pathname, letter = Object.keys(LETTERS).filter(function (each) { return LETTERS[each] === path; })[0];
      return { group: PAGES, text: link.textContent, icon: pictureOf(link), keys: letter ? ['g', letter] : null, run: function () { link.click(); } };
    });
  }

  function pictureOf(link) {
    var found = link.querySelector('.icon'), name = found && /icon-([a-z-]+)/.exec(found.className);
    return name ? name[1] : 'chevron-right';
  }

  function dark() { return document.documentElement.getAttribute('data-mantine-color-scheme') === 'dark'; }
  function hidden() { return document.documentElement.getAttribute('data-privacy') === 'on'; }

  /* The dialog of the transactions page, once the page is there and this person may write. */
  function newTransaction() {
    var till = Date.now() + 10000;
    go('/transactions');
    (function look() {
      var button = document.querySelector('#ledger-actions .button-primary');
      if (button) { button.click(); } else if (Date.now() < till) { window.setTimeout(look, 60); }
    })();
  }

  function writes() {
    var role = document.querySelector('#shell-account .who > span:last-child');
    return !role || role.textContent !== t('viewer');
  }

  function actions() {
    var found = (writes() ? [
      { text: t('Import a statement'), icon: 'upload', run: function () { go('/import'); } },
      { text: t('New transaction'), icon: 'plus', run: newTransaction }
    ] : []).concat([
      { text: dark() ? t('Light theme') : t('Dark theme'), icon: dark() ? 'sun' : 'moon', run: function () { press('theme-toggle'); } },
      { text: hidden() ? t('Show amounts') : t('Hide amounts'), also: t('privacy mode'), icon: hidden() ? 'eye' : 'eye-off', keys: ['p'], run: function () { press('privacy-toggle'); } },
      { text: t('Printable report'), also: t('PDF'), icon: 'file-text', run: function () { go('/report' + (window.location.pathname === '/' ? window.location.search : '')); } },
      { text: t('Keyboard shortcuts'), icon: 'help-circle', keys: ['?'], run: shortcuts },
      { text: t('Your account'), also: t('password second factor'), icon: 'user', run: function () { window.location.assign('/account'); } },
      { text: t('API documentation'), icon: 'code', run: function () { window.location.assign('/docs'); } }
    ]);
    document.querySelectorAll('#shell-tenant button[name=tenant]').forEach(function (button) {
      found.push({ text: t('Switch to {name}', { name: nameOn(button) }), icon: 'users', run: function () { button.click(); } });
    });
    var leave = document.querySelector('form[action="/sign-out"]');
    if (leave) { found.push({ text: t('Sign out'), also: t('log out'), icon: 'logout', run: function () { leave.requestSubmit(); } }); }
    return found.map(function (each) { return Object.assign({ group: ACTIONS }, each); });
  }

  function nameOn(button) { var avatar = button.querySelector('.avatar'); return button.textContent.slice(avatar ? avatar.textContent.length : 0); }

  function accounts() {
    return L.api('GET', '/financial/accounts?limit=1000').then(function (found) {
      return found.body.data.map(function (each) {
        return { group: t('Accounts'), one: t('Account'), text: each.name, note: each.closed_on ? t('closed') : each.institution || '', icon: 'wallet', run: function () { go('/transactions?account_id=' + encodeURIComponent(each.id)); } };
      });
    });
  }

  function searched(text) {
    return { group: ACTIONS, text: t('Search transactions for {text}', { text: text }), icon: 'search', run: function () { go('/transactions?q=' + encodeURIComponent(text)); } };
  }

  /* ---- What fits what was typed ---- */

  /* How well `sought` is found in `text`, letter by letter in order: starts of words and letters in a row count most.
     Of all ways to find it the best one. Null when it is not found. */
  function score(sought, text) {
    var low = text.toLocaleLowerCase(), letters = sought.replace(/\s/g, ''), before = null;
    for (var place = 0; place < letters.length; place += 1) {
      var now = new Array(low.length).fill(-Infinity), best = before ? -Infinity : 0;
      for (var at = 0; at < low.length; at += 1) {
        if (before && at > 1) { best = Math.max(best, before[at - 2]); }
        if (low.charAt(at) !== letters.charAt(place)) { continue; }
        var start = at === 0 || /[^\p{L}\p{N}]/u.test(low.charAt(at - 1));
        now[at] = 1 + (start ? 6 : 0) + Math.max(best, before && at ? before[at - 1] + 4 : -Infinity);
      }
      before = now;
    }
    var found = before ? Math.max.apply(null, before) : 0;
    return found > -Infinity ? found - low.length / 100 : null;
  }

  function fitting(sought, entries) {
    var wanted = sought.trim().toLocaleLowerCase();
    if (!wanted) { return entries.slice(0, MOST); }
    return entries.map(function (each, place) {
      var own = score(wanted, each.text), other = each.also ? score(wanted, each.also) : null;
      return { each: each, place: place, score: own === null ? other : own };
    }).filter(function (each) { return each.score !== null; }).sort(function (a, b) { return b.score - a.score || a.place - b.place; }).slice(0, MOST).map(function (each) { return each.each; });
  }

  /* ---- The palette ---- */

  function keys(names) { return el('span', { className: 'keys' }, names.map(function (each) { return el('kbd', {}, each); })); }

  function open() {
    if (box) { box.close(); return; }
    var before = document.activeElement, shown = [], active = 0, entries = pages().concat(actions());
    var field = el('input', {
      type: 'text', className: 'palette-field', placeholder: t('Page, account or action'), autocomplete: 'off', spellcheck: false, role: 'combobox',
      'aria-label': t('Go to a page, an account, an action'), 'aria-expanded': 'true', 'aria-controls': 'palette-list', 'aria-autocomplete': 'list'
    });
    var list = el('ul', { id: 'palette-list', className: 'palette-list', role: 'listbox', 'aria-label': t('Found') }), none = el('p', { className: 'palette-none', role: 'status' });
    box = el('dialog', { className: 'palette', 'aria-label': t('Go to') }, el('div', { className: 'palette-head' }, fd.icon('search'), field, fd.button('Esc', function () { box.close(); }, { className: 'palette-close', 'aria-label': t('Close') })), list, none);

    function mark(place) {
      active = place;
      list.querySelectorAll('[role=option]').forEach(function (item, index) {
        item.setAttribute('aria-selected', index === place ? 'true' : 'false');
        if (index === place) { field.setAttribute('aria-activedescendant', item.id); item.scrollIntoView({ block: 'nearest' }); }
      });
    }
    function draw() {
      shown = fitting(field.value, entries);
      if (field.value.trim().length > 1) { shown.push(searched(field.value.trim())); }
      var group = null, items = [], plain = !field.value.trim();
      shown.forEach(function (each, place) {
        if (plain && each.group !== group) { group = each.group; items.push(el('li', { className: 'palette-group', role: 'presentation' }, group)); }
        var item = el('li', { role: 'option', id: 'palette-' + place, 'aria-selected': 'false' }, fd.icon(each.icon), el('bdi', {}, each.text),
          el('span', { className: 'palette-note' }, plain ? each.note : each.note || each.one || ''), each.keys ? keys(each.keys) : null);
        item.addEventListener('mousemove', function () { if (active !== place) { mark(place); } });
        item.addEventListener('click', function () { run(place); });
        items.push(item);
      });
      list.replaceChildren.apply(list, items);
      field.removeAttribute('aria-activedescendant');
      none.textContent = shown.length ? '' : t('Nothing is called like that.');
      if (shown.length) { mark(0); }
      list.scrollTop = 0;
    }
    function run(place) {
      var each = shown[place];
      if (!each) { return; }
      box.close();
      each.run();
    }
    field.addEventListener('input', draw);
    box.addEventListener('keydown', function (event) {
      var step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step && shown.length) { event.preventDefault(); mark((active + step + shown.length) % shown.length); }
      if (event.key === 'Enter' && event.target === field && !event.isComposing) { event.preventDefault(); run(active); }
    });
    box.addEventListener('click', function (event) { if (event.target === box) { box.close(); } });
    box.addEventListener('close', function () {
      box.remove();
      box = null;
      if (before && before.isConnected) { before.focus({ preventScroll: true }); }
    });
    document.body.append(box);
    box.showModal();
    draw();
    field.focus();
    var mine = box;
    P.sources.concat([accounts]).forEach(function (source) {
      source().then(function (found) {
        if (box !== mine) { return; }
        entries = entries.concat(found);
        var kept = shown[active];
        draw();
        if (kept && shown.indexOf(kept) > 0) { mark(shown.indexOf(kept)); }
      }, function () { /* without them: pages and actions are there */ });
    });
  }

  /* ---- The sheet of shortcuts ---- */

  function shortcuts() {
    var dialog = L.dialog('window', t('Keyboard shortcuts'), 'shortcuts');
    function rows(title, pairs) { return [el('h3', {}, title), el('dl', { className: 'shortcuts' }, pairs.map(function (each) { return el('div', {}, el('dt', {}, each[0]), el('dd', {}, keys(each[1]))); }))]; }
    var there = pages().filter(function (each) { return each.keys; }).map(function (each) { return [each.text, each.keys]; });
    dialog.body.append.apply(dialog.body, [].concat(
      rows(t('Everywhere'), [[t('Go to a page, an account, an action'), [MAC ? '\u2318' : t('Ctrl'), 'K']], [t('Hide or show amounts'), ['p']], [t('These shortcuts'), ['?']], [t('Close what is open'), ['Esc']]]),
      rows(t('Go to'), there),
      rows(t('Transactions'), [[t('Search'), ['/']], [t('Choose a category'), ['e']], [t('Open'), ['o']], [t('Select'), [t('Space')]], [t('Save'), [t('Enter')]]])));
  }

  /* ---- Keys ---- */

  function typing(event) {
    return Boolean(event.target.closest && event.target.closest('input, textarea, select, [contenteditable], [role=combobox], [role=textbox]')) || event.isComposing;
  }

  function follow(key) {
    var path = LETTERS[key.toLowerCase()];
    var link = path && Array.from(document.querySelectorAll('.rail nav a')).filter(function (each) { return new URL(each.href).pathname === path; })[0];
    if (link) { link.click(); }
    return Boolean(link);
  }

  document.addEventListener('keydown', function (event) {
    var plain = !event.ctrlKey && !event.metaKey && !event.altKey, other = document.querySelector('dialog[open]');
    if (!document.querySelector('.rail')) { return; }
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 'k') {
      if (other && other !== box) { return; }
      event.preventDefault();
      open();
      return;
    }
    if (!plain || other || typing(event)) { going = null; return; }
    if (going && Date.now() - going < WAIT_MS && follow(event.key)) { event.preventDefault(); event.stopPropagation(); going = null; return; }
    going = null;
    if (event.key === 'g') { going = Date.now(); }
    if (event.key === 'p') { press('privacy-toggle'); }
    if (event.key === '?') { event.preventDefault(); shortcuts(); }
  }, true);

  document.addEventListener('click', function (event) {
    if (!event.target.closest('#shell-palette')) { return; }
    var more = document.getElementById('shell-more-button');
    if (more && more.getAttribute('aria-expanded') === 'true') { more.click(); }
    open();
  });

  Object.assign(P, { open: open, go: go });
})();
