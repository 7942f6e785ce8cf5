/* The transactions page's pieces: exact amounts, pickers, dialogs, the toast with its Undo.
   Elements hold text only; shared pieces come from 70-import-parts.js. */
(function () {
  'use strict';
  var fd = window.fdImport, el = fd.el, t = window.fd.t;
  var L = window.fdLedger = { context: null, rows: new Map(), accounts: {}, categories: {} };
  var KINDS = { income: t('income'), saving: t('savings'), transfer: t('transfer') };
  var serial = 0;

  function one(id) { return '/financial/transactions/' + encodeURIComponent(id); }

  /* ---- Amounts, exact: whole numbers of the smallest unit ---- */

  function digits(amount) { return (String(amount).split('.')[1] || '').length; }

  /* "1,234.5", "1.234,50", "12" -> 12345n; null for what is no amount. The last separator with one or two digits (as
     many as the currency has at most) after it is the decimal one. */
  function minor(text, places) {
    var plain = String(text).trim().replace(/[\s\u00a0\u202f'’]/g, '').replace(/^\u2212/, '-');
    var found = /^([+-]?)([\d.,]*\d)(?:[.,])?$/.exec(plain);
    if (!found) { return null; }
    var number = found[2], mark = Math.max(number.lastIndexOf('.'), number.lastIndexOf(','));
    var after = number.length - mark - 1, whole = number, part = '';
    var both = number.indexOf('.') >= 0 && number.indexOf(',') >= 0;
    if (mark >= 0 && places && (after <= places || both)) { whole = number.slice(0, mark); part = number.slice(mark + 1); }
    whole = whole.replace(/[.,]/g, '');
    if (part.length > places || !/^\d*$/.test(whole) || whole.length > 15) { return null; }
    var value = BigInt((whole || '0') + part.padEnd(places, '0'));
    return found[1] === '-' ? -value : value;
  }

  function decimal(value, places) {
    var text = (value < 0n ? -value : value).toString().padStart(places + 1, '0');
    var shown = places ? text.slice(0, -places) + '.' + text.slice(-places) : text;
    return (value < 0n ? '-' : '') + shown;
  }

  /* As people write it in their locale, with a sign where it comes in. */
  function money(text, currency, plain) {
    var shown;
    try {
      shown = new Intl.NumberFormat(fd.locale, { style: 'currency', currency: currency }).format(text);
    } catch (error) { shown = text + '\u00a0' + currency; }
    shown = shown.replace('-', '\u2212');
    return !plain && /[1-9]/.test(text) && text.charAt(0) !== '-' ? '+' + shown : shown;
  }

  function amount(row) {
    var inflow = row.amount.charAt(0) !== '-' && !row.transfer_id;
    return el('span', { className: 'money ledger-money' + (inflow ? ' inflow' : '') }, money(row.amount, row.currency));
  }

  function shortDay(text) {
    var options = { day: 'numeric', month: 'short', timeZone: 'UTC' };
    if (!L.context || text.slice(0, 4) !== L.context.today.slice(0, 4)) { options.year = 'numeric'; }
    try { return new Intl.DateTimeFormat(fd.locale, options).format(new Date(text + 'T00:00Z')); } catch (error) { return text; }
  }

  function longDay(text) {
    var options = { weekday: 'short', day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' };
    try { return new Intl.DateTimeFormat(fd.locale, options).format(new Date(text + 'T00:00Z')); } catch (error) { return text; }
  }

  /* ---- Names ---- */

  function who(row) { return row.payee || row.counterparty || row.purpose || t('No payee'); }

  function categoryName(row) {
    if (row.splits.length) { return t('Split in {n}', { n: fd.number(row.splits.length) }); }
    if (row.category_id) { return (L.categories[row.category_id] || {}).name || t('Category {id}', { id: row.category_id }); }
    return row.transfer_id ? t('Transfer') : t('Uncategorised');
  }

  function accountName(id) { return (L.accounts[id] || {}).name || t('Account {id}', { id: id }); }

  /* Categories as a person picks them: children below their parent, named with it when they are sought. */
  function categoryOptions() {
    var all = L.context.categories, children = {};
    all.forEach(function (each) { (children[each.parent_id || ''] = children[each.parent_id || ''] || []).push(each); });
    var found = [];
    function add(parent, depth, path) {
      (children[parent] || []).forEach(function (each) {
        var full = path ? path + ' ' + each.name : each.name;
        found.push({ value: each.id, text: each.name, depth: depth, sought: full.toLowerCase(), note: KINDS[each.kind] || '' });
        if (depth < 6) { add(each.id, depth + 1, full); }
      });
    }
    add('', 0, '');
    return found;
  }

  /* ---- A field in which one picks by typing (ARIA combobox with a list) ---- */

  function combo(settings) {
    var name = 'ledger-combo-' + (serial += 1), active = -1, shown = [];
    var list = el('ul', { id: name, role: 'listbox', className: 'ledger-options', 'aria-label': t('Choices') });
    var field = el('input', {
      type: 'text', className: 'ledger-input', autocomplete: 'off', spellcheck: false, role: 'combobox', placeholder: settings.placeholder || '',
      'aria-label': settings.label, 'aria-expanded': 'false', 'aria-controls': name, 'aria-autocomplete': 'list'
    });
    var box = el('div', { className: 'ledger-combo' }, field, list);
    list.hidden = true;

    function named(value) {
      var found = settings.options().filter(function (each) { return each.value === value; })[0];
      return found ? found.text : '';
    }
    function mark(place) {
      active = place;
      Array.from(list.children).forEach(function (item, index) { item.setAttribute('aria-selected', index === place ? 'true' : 'false'); });
      if (list.children[place]) {
        field.setAttribute('aria-activedescendant', list.children[place].id);
        list.children[place].scrollIntoView({ block: 'nearest' });
      } else { field.removeAttribute('aria-activedescendant'); }
    }
    function open(all) {
      var sought = all ? '' : field.value.trim().toLowerCase();
      shown = settings.options().filter(function (each) { return !sought || (each.sought || each.text.toLowerCase()).indexOf(sought) >= 0; });
      if (settings.free && sought && !shown.some(function (each) { return each.text.toLowerCase() === sought; })) {
        shown.push({ value: field.value.trim(), text: t('Add \u201c{name}\u201d', { name: field.value.trim() }) });
      }
      shown = shown.slice(0, 200);
      list.replaceChildren.apply(list, shown.length ? shown.map(function (each, index) {
        var item = el('li', { role: 'option', id: name + '-' + index, 'aria-selected': 'false' }, el('bdi', {}, each.text), each.note ? el('span', { className: 'ledger-note' }, each.note) : null);
        item.style.paddingInlineStart = 10 + 16 * (sought ? 0 : each.depth || 0) + 'px';
        item.addEventListener('mousedown', function (event) { event.preventDefault(); pick(index); });
        return item;
      }) : [el('li', { className: 'ledger-none', role: 'option', 'aria-disabled': 'true', 'aria-selected': 'false' }, t('Nothing found'))]);
      list.hidden = false;
      field.setAttribute('aria-expanded', 'true');
      var chosen = shown.findIndex(function (each) { return each.value === box.value; });
      mark(sought || chosen < 0 ? 0 : chosen);
    }
    function close() {
      list.hidden = true;
      field.setAttribute('aria-expanded', 'false');
      field.removeAttribute('aria-activedescendant');
    }
    function pick(index) {
      var each = shown[index];
      if (!each) { return; }
      box.set(settings.free ? '' : each.value);
      close();
      settings.pick(each.value);
    }
    field.addEventListener('focus', function () { field.select(); open(true); });
    field.addEventListener('click', function () { if (list.hidden) { open(true); } });
    field.addEventListener('input', function () { open(false); });
    field.addEventListener('blur', function () { close(); if (!settings.free) { box.set(box.value); } });
    field.addEventListener('keydown', function (event) {
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        event.preventDefault();
        if (list.hidden) { open(true); return; }
        mark((active + (event.key === 'ArrowDown' ? 1 : shown.length - 1)) % Math.max(1, shown.length));
      } else if (event.key === 'Enter' && !list.hidden) {
        event.preventDefault();
        event.stopPropagation();
        pick(active);
      } else if (event.key === 'Escape' && !list.hidden && !settings.oneShot) {
        event.preventDefault();
        event.stopPropagation();
        close();
      } else if (event.key === 'Backspace' && settings.back && !field.value) { settings.back(); }
    });
    box.set = function (value) { box.value = value; field.value = settings.free ? '' : named(value); };
    box.field = field;
    box.set(settings.value);
    return box;
  }

  function categoryCombo(label, value, pick, first) {
    return combo({
      label: label, value: value, pick: pick, placeholder: t('Type to search'), oneShot: Boolean(first && first.oneShot),
      options: function () { return (first && first.options || [{ value: '', text: t('No category') }]).concat(categoryOptions()); }
    });
  }

  /* Tags with their crosses, and a field that adds one that exists or a new one. `changed` gets the names. */
  function tagField(label, tags, changed) {
    var names = tags.slice(), crosses = el('span', { className: 'ledger-tokens' });
    var field = combo({
      label: label, free: true, placeholder: t('Add a tag'),
      options: function () {
        return L.context.tags.filter(function (tag) { return !held(tag); }).map(function (tag) { return { value: tag, text: tag }; });
      },
      pick: function (tag) {
        if (!held(tag)) { names.push(tag); if (L.context.tags.indexOf(tag) < 0) { L.context.tags.push(tag); } draw(); }
        field.field.focus();
      },
      back: function () { if (names.length) { names.pop(); draw(); } }
    });
    function held(tag) { return names.some(function (each) { return each.toLowerCase() === tag.toLowerCase(); }); }
    function draw() {
      crosses.replaceChildren.apply(crosses, names.map(function (tag, index) {
        return el('span', { className: 'ledger-token' }, el('bdi', {}, tag), fd.button(fd.icon('x'), function () {
          names.splice(index, 1);
          draw();
          field.field.focus();
        }, { className: 'ledger-cross', 'aria-label': t('Remove the tag {name}', { name: tag }) }));
      }));
      changed(names.slice());
    }
    var box = el('div', { className: 'ledger-tagfield' }, crosses, field);
    draw();
    box.field = field.field;
    return box;
  }

  /* ---- Dialogs ---- */

  /* A modal dialog; `kind` is drawer or window. Escape, the cross and the backdrop close it. */
  function dialog(kind, title, label) {
    var heading = el('h2', { id: 'ledger-title-' + (serial += 1), tabIndex: -1 }, title);
    var cross = fd.button(fd.icon('x'), function () { box.close(); }, { className: 'ledger-close', 'aria-label': t('Close') });
    var body = el('div', { className: 'ledger-body' }), foot = el('div', { className: 'ledger-dialog-foot' });
    var box = el('dialog', { className: 'ledger-dialog ledger-' + kind, 'aria-labelledby': heading.id }, el('div', { className: 'ledger-dialog-head' }, heading, cross), body, foot);
    if (label) { box.setAttribute('data-dialog', label); }
    var before = document.activeElement;
    box.addEventListener('click', function (event) { if (event.target === box) { box.close(); } });
    box.addEventListener('close', function () {
      box.remove();
      if (before && before.isConnected) { before.focus({ preventScroll: true }); }
    });
    box.heading = heading;
    box.body = body;
    box.foot = foot;
    document.body.append(box);
    box.showModal();
    heading.focus();
    return box;
  }

  function field(label, input, hint) {
    var name = 'ledger-field-' + (serial += 1);
    var target = input.field || input;
    if (!target.id) { target.id = name; }
    target.removeAttribute('aria-label');
    return el('div', { className: 'ledger-field' }, el('label', { htmlFor: target.id }, label), input, hint ? el('p', { className: 'ledger-hint' }, hint) : null,
      el('p', { className: 'ledger-wrong', id: target.id + '-wrong' }));
  }

  /* The message beside the field it is about; an empty one takes it away. */
  function wrong(box, message) {
    var place = box.querySelector('.ledger-wrong'), target = box.querySelector('input, select, textarea');
    place.textContent = message || '';
    if (message) { target.setAttribute('aria-invalid', 'true'); target.setAttribute('aria-describedby', place.id); } else { target.removeAttribute('aria-invalid'); }
  }

  /* ---- What just happened ---- */

  var timer = null;

  function toast(words, undo, label) {
    var old = document.getElementById('ledger-toast');
    if (old) { old.remove(); }
    window.clearTimeout(timer);
    var text = el('span', {}, words);
    var box = el('div', { id: 'ledger-toast', className: 'ledger-toast', role: 'status' }, text);
    var gone = function () { box.remove(); };
    if (undo) {
      var button = fd.button(label || t('Undo'), function () {
        button.disabled = true;
        undo().then(function (after) { toast(after); }, function (fault) { toast(t('That could not be taken back: {reason}', { reason: fault.detail })); });
      }, { className: 'button ledger-undo' });
      box.append(button);
    }
    box.append(fd.button(fd.icon('x'), gone, { className: 'ledger-cross', 'aria-label': t('Dismiss') }));
    (document.querySelector('dialog[open]') || document.body).append(box);
    function wait() { timer = window.setTimeout(function () { if (box.matches(':hover, :focus-within')) { wait(); } else { gone(); } }, undo ? 10000 : 5000); }
    wait();
    say(words);
  }

  function say(words) {
    var place = document.getElementById('ledger-said');
    if (place) { place.textContent = words; }
  }

  /* A page that follows the books is drawn again at once, not only when the stream tells of the change. */
  function changed(kind) { window.dash_clientside.set_props('live', { data: { version: 0, kinds: [kind], at: Date.now() } }); }

  Object.assign(L, {
    api: fd.api, one: one, digits: digits, minor: minor, decimal: decimal, money: money, amount: amount, shortDay: shortDay, longDay: longDay,
    who: who, categoryName: categoryName, accountName: accountName, categoryOptions: categoryOptions, combo: combo,
    categoryCombo: categoryCombo, tagField: tagField, dialog: dialog, field: field, wrong: wrong, toast: toast, say: say, changed: changed
  });
})();
