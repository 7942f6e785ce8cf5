/* One transaction: editing a field in its cell, the drawer with all that is known of it, its parts, a new one. */
(function () {
  'use strict';
  var fd = window.fdImport, L = window.fdLedger, el = fd.el, t = window.fd.t, n = fd.n;
  var NAMES = { payee: t('Payee'), category_id: t('Category'), tags: t('Tags'), note: t('Note') };
  var SOURCES = { file: t('The bank\u2019s file named it.'), mcc: t('The card code of the merchant'), rule: t('A rule of yours'), learned: t('Learned from your own transactions'), person: t('A person chose it.') };
  var popover = null;

  /* ---- Writing one, kindly ---- */

  /* Change a transaction as it was when `etag` was given. Resolves to the stored row, rejects with a problem; on a
     conflict the newest row is shown and `fault.newest` has it with its tag. */
  function change(id, patch, etag) {
    function send(force) { return L.api('PATCH', L.one(id) + (force ? '?force=true' : ''), patch, etag); }
    return send(false).catch(insist(function () { return send(true); })).then(function (answer) {
      L.replaceRow(answer.body);
      return answer;
    }, function (fault) {
      if (fault.status === 404) { L.reload(); fault.detail = t('This transaction was deleted in the meantime.'); throw fault; }
      if (fault.status !== 412) { throw fault; }
      return L.reread(id).then(function (newest) { fault.newest = newest; throw fault; });
    });
  }

  /* A closed statement holds what is to change: after a question it is done all the same. Rejects with the same problem
     when the person would rather not. */
  function insist(anyway) {
    return function (fault) {
      if (fault.code !== 'reconciled') { throw fault; }
      return new Promise(function (resolve, reject) {
        var box = L.dialog('window', t('A closed statement holds this'), 'insist'), sure = false;
        box.body.append(el('p', {}, fault.detail), el('p', { className: 'quiet' }, t('Changed anyway, it leaves that statement, which then counts as disturbed until you reconcile the account again.')));
        box.foot.append(fd.button(t('Leave it as it is'), function () { box.close(); }),
          fd.button(t('Change anyway'), function () { sure = true; box.close(); anyway().then(resolve, reject); }, { className: 'button button-primary' }));
        box.addEventListener('close', function () { if (!sure) { reject(fault); } });
        box.foot.firstChild.focus();
      });
    };
  }

  function versionOf(etag) { return Number(/\d+/.exec(etag)[0]); }

  /* Takes the write at this version back. With `id` only that row is read again, and the list stays where it is. */
  function undoer(version, id) {
    return function () {
      return L.api('POST', '/financial/transactions/undo', { version: version }).then(function (answer) {
        if (id) { L.reread(id).catch(L.reload); } else { L.reload(); }
        refreshDrawer();
        var kept = answer.body.kept;
        return answer.body.restored === 0 ? t('It was changed again since, so it stays as it is.')
          : t('Taken back.') + (kept ? ' ' + n('{n} transaction was changed since and stays as it is.', '{n} transactions were changed since and stay as they are.', kept) : '');
      });
    };
  }

  function told(fault) {
    return fault.errors.length ? fault.errors.map(function (each) { return each.message; }).join('; ') : fault.detail;
  }

  function shown(field, row) {
    if (field === 'category_id') { return L.categoryName(row); }
    if (field === 'tags') { return row.tags.join(', ') || t('no tags'); }
    return row[field] || t('nothing');
  }

  /* ---- Editing in place ---- */

  function closePopover(focus) {
    if (!popover) { return; }
    var gone = popover;
    popover = null;
    gone.node.remove();
    document.removeEventListener('mousedown', gone.outside, true);
    if (focus && gone.cell && gone.cell.isConnected) { gone.cell.focus(); }
  }

  function edit(row, field, cell) {
    if (field === 'category_id' && row.splits.length) { L.open(row.id); return; }
    closePopover(false);
    var value = row[field], etag = null, busy = false;
    var message = el('p', { className: 'ledger-wrong', role: 'alert' });
    var editor = editorOf(row, field, function (next) { value = next; }, save);
    var buttons = field === 'category_id' ? null : el('div', { className: 'ledger-popover-foot' },
      el('span', { className: 'ledger-hint' }, field === 'tags' ? t('Enter adds, Escape leaves') : t('Enter saves, Escape leaves')),
      fd.button(t('Save'), save, { className: 'button button-primary' }));
    var node = el('div', { className: 'ledger-popover', role: 'dialog', 'aria-label': t('Edit {field} of {name}', { field: fd.small(NAMES[field]), name: L.who(row) }) }, editor, message, buttons);
    var mine = popover = { node: node, cell: cell, outside: function (event) { if (!node.contains(event.target)) { leave(); } } };
    document.body.append(node);
    placeAt(node, cell);
    (editor.field || editor).focus();
    document.addEventListener('mousedown', mine.outside, true);
    node.addEventListener('keydown', function (event) {
      if (event.key === 'Escape') { event.preventDefault(); event.stopPropagation(); closePopover(true); }
      if (event.key === 'Enter' && !event.defaultPrevented && event.target.tagName === 'INPUT') { event.preventDefault(); save(); }
    });
    /* The state of the transaction that the person sees is what the change is made to. */
    var ready = L.api('GET', L.one(row.id)).then(function (answer) {
      etag = answer.etag;
      if (answer.body.updated_at !== row.updated_at) {
        L.replaceRow(answer.body);
        message.textContent = t('It was changed in the meantime and now has: {value}.', { value: shown(field, answer.body) });
      }
    }, function (fault) { message.textContent = told(fault); });

    function same() { return JSON.stringify(value) === JSON.stringify(row[field]); }
    function leave() { if (field === 'category_id' || same()) { closePopover(false); } else { save(); } }
    function save() {
      if (busy) { return; }
      if (same()) { closePopover(true); return; }
      busy = true;
      node.classList.add('is-busy');
      ready.then(function () {
        var patch = {};
        patch[field] = value;
        return change(row.id, patch, etag);
      }).then(function (answer) {
        if (popover === mine) { closePopover(true); }
        L.toast(t('{field} is now {value}.', { field: NAMES[field], value: shown(field, answer.body) }), undoer(versionOf(answer.etag), row.id));
      }, function (fault) {
        busy = false;
        node.classList.remove('is-busy');
        if (fault.newest) {
          etag = fault.newest.etag;
          message.textContent = t('Somebody changed this while you were editing: it now has {value}. Save again to replace that.', { value: shown(field, fault.newest.body) });
        } else { message.textContent = told(fault); }
        if (popover !== mine) { L.toast(t('That was not saved: {reason}', { reason: message.textContent })); } else { (editor.field || editor).focus(); }
      });
    }
  }

  function editorOf(row, field, changed, save) {
    if (field === 'category_id') {
      return L.categoryCombo(t('Category'), row.category_id || '', function (id) { changed(id || null); save(); }, { oneShot: true });
    }
    if (field === 'tags') { return L.tagField(t('Add a tag'), row.tags, changed); }
    var input = el('input', { type: 'text', className: 'ledger-input', value: row[field] || '', maxLength: 2000, 'aria-label': NAMES[field] });
    input.addEventListener('input', function () { changed(input.value.trim() || null); });
    return input;
  }

  function placeAt(node, cell) {
    var at = cell.getBoundingClientRect(), width = Math.max(300, at.width);
    node.style.width = width + 'px';
    node.style.left = Math.max(8, Math.min(at.left, window.innerWidth - width - 8)) + 'px';
    var below = window.innerHeight - at.top > 380;
    node.style.top = below ? at.top + 'px' : 'auto';
    node.style.bottom = below ? 'auto' : Math.max(8, window.innerHeight - at.bottom) + 'px';
    node.classList.toggle('is-above', !below);
  }

  window.addEventListener('scroll', function () { if (popover && popover.cell && !popover.cell.isConnected) { closePopover(false); } }, true);

  /* ---- The drawer ---- */

  var drawer = null;

  function open(id) {
    closePopover(false);
    if (drawer) { drawer.box.close(); }
    var box = L.dialog('drawer', '\u00a0', 'transaction');
    var mine = drawer = { box: box, id: id, etag: null, row: null };
    box.addEventListener('close', function () { if (drawer === mine) { drawer = null; } });
    box.body.append(el('div', { className: 'skeleton ledger-bone' }), el('div', { className: 'skeleton ledger-bone' }), el('div', { className: 'skeleton ledger-bone' }));
    var known = L.rows.get(id);
    if (known) { box.heading.replaceChildren(el('bdi', {}, L.who(known))); }
    load(mine);
  }

  function load(mine) {
    var quiet = function () { return { body: null }; };
    return Promise.all([L.api('GET', L.one(mine.id)), L.api('GET', L.one(mine.id) + '/details').catch(quiet), L.api('GET', L.one(mine.id) + '/category').catch(quiet)]).then(function (all) {
      if (drawer !== mine) { return; }
      mine.row = all[0].body;
      mine.etag = all[0].etag;
      mine.details = all[1].body;
      mine.choice = all[2].body;
      drawDrawer(mine);
    }, function (fault) {
      mine.box.body.replaceChildren(fd.trouble(t('It could not be fetched'), fault), fd.button(t('Try again'), function () { load(mine); }));
    });
  }

  function refreshDrawer() { if (drawer) { load(drawer); } }

  function patch(mine, values, words) {
    mine.box.classList.add('is-busy');
    return change(mine.id, values, mine.etag).then(function (answer) {
      mine.box.classList.remove('is-busy');
      L.toast(words, undoer(versionOf(answer.etag), mine.id));
      return load(mine);
    }, function (fault) {
      mine.box.classList.remove('is-busy');
      if (fault.newest) { L.toast(t('Somebody changed this in the meantime. This is how it is now; please try again.')); return load(mine); }
      L.toast(t('That was not saved: {reason}', { reason: told(fault) }));
      return null;
    });
  }

  function drawDrawer(mine) {
    var row = mine.row, box = mine.box, writes = L.context.writes;
    var focused = box.contains(document.activeElement) ? document.activeElement.getAttribute('data-keep') : null;
    box.heading.replaceChildren(el('bdi', {}, L.who(row)));
    var tags = [];
    if (row.pending) { tags.push(t('Pending')); }
    if (row.cleared) { tags.push(t('Cleared')); }
    if (row.transfer_id) { tags.push(t('Transfer')); }
    if (row.type === 'adjustment') { tags.push(t('Adjustment')); }
    var top = el('div', { className: 'ledger-top' }, el('p', { className: 'ledger-big' }, L.amount(row)),
      el('p', { className: 'quiet' }, L.longDay(row.booked_on), ' · ', el('bdi', {}, L.accountName(row.account_id))),
      tags.length ? el('p', { className: 'ledger-marks' }, tags.map(function (tag) { return el('span', { className: 'tag' }, tag); })) : null);
    box.body.replaceChildren.apply(box.body, [top, categoryPart(mine), partsOf(row), tagPart(mine), notePart(mine), transferPart(mine), factsPart(mine)].filter(Boolean));
    box.foot.replaceChildren.apply(box.foot, writes ? [
      fd.button(t('Edit'), function () { form(mine.row, mine.etag); }),
      fd.button(row.splits.length ? t('Edit split') : t('Split'), function () { split(mine); }),
      fd.button(row.cleared ? t('Not cleared') : t('Mark cleared'), function () { patch(mine, { cleared: !row.cleared }, row.cleared ? t('No longer marked as cleared.') : t('Marked as cleared.')); }),
      row.pending ? fd.button(t('Mark booked'), function () { patch(mine, { pending: false }, t('Marked as booked.')); }) : null,
      fd.button([fd.icon('trash'), t('Delete')], function () { L.remove([row.id], function () { box.close(); }); }, { className: 'button ledger-danger' })
    ].filter(Boolean) : []);
    if (focused) { var again = box.querySelector('[data-keep="' + focused + '"]'); if (again) { again.focus(); } }
  }

  function part(title) {
    var rest = Array.prototype.slice.call(arguments, 1);
    return el('section', { className: 'ledger-part' }, el('h3', {}, title), rest);
  }

  function why(choice) {
    if (!choice || !choice.source) { return null; }
    var text = SOURCES[choice.source] || '', sure = '';
    if (choice.source === 'mcc' || choice.source === 'rule') { text += choice.because ? ' (' + choice.because + ').' : '.'; }
    if (choice.source === 'learned') {
      sure = choice.confidence ? ', ' + t('{percent} sure', { percent: new Intl.NumberFormat(fd.locale, { style: 'percent' }).format(choice.confidence) }) : '';
      text += sure + '.' + (choice.because ? ' ' + t('What speaks for it: {words}.', { words: choice.because }) : '');
    }
    return el('p', { className: 'ledger-hint' }, text);
  }

  function categoryPart(mine) {
    var row = mine.row;
    if (row.splits.length) { return null; }
    if (!L.context.writes) { return part(t('Category'), el('p', {}, el('bdi', {}, L.categoryName(row))), why(mine.choice)); }
    var combo = L.categoryCombo(t('Category'), row.category_id || '', function (id) {
      if ((id || null) !== row.category_id) { patch(mine, { category_id: id || null }, id ? t('Category is now {name}.', { name: L.categories[id].name }) : t('It has no category now.')); }
    });
    combo.field.setAttribute('data-keep', 'category');
    if (!row.category_id) { combo.field.placeholder = row.transfer_id ? t('A transfer needs none') : t('Choose a category'); combo.field.value = ''; }
    var others = mine.choice && !row.category_id ? mine.choice.alternatives.filter(function (each) { return L.categories[each.category_id]; }).slice(0, 3) : [];
    return part(t('Category'), combo, why(mine.choice), others.length ? el('p', { className: 'ledger-guesses' }, el('span', { className: 'ledger-hint' }, t('Perhaps'), ' '), others.map(function (each) {
      return fd.button(L.categories[each.category_id].name, function () { patch(mine, { category_id: each.category_id }, t('Category is now {name}.', { name: L.categories[each.category_id].name })); }, { className: 'ledger-token ledger-guess' });
    })) : null, row.payee ? el('a', { className: 'ledger-hint ledger-rule', href: ruleAddress(row) }, t('Make a rule from this')) : null);
  }

  function ruleAddress(row) {
    var query = new URLSearchParams({ tab: 'rules', payee: row.payee });
    if (row.category_id) { query.set('category_id', row.category_id); }
    return '/categories?' + query.toString();
  }

  function partsOf(row) {
    if (!row.splits.length) { return null; }
    return part(t('Split in {n}', { n: fd.number(row.splits.length) }), el('ul', { className: 'ledger-parts' }, row.splits.map(function (each) {
      return el('li', {}, el('span', {}, el('bdi', {}, each.category_id ? (L.categories[each.category_id] || {}).name || '' : t('Uncategorised')),
        each.note ? el('bdi', { className: 'ledger-why' }, each.note) : null), el('span', { className: 'money' }, L.money(each.amount, row.currency, true)));
    })));
  }

  function tagPart(mine) {
    var row = mine.row;
    if (!L.context.writes) { return row.tags.length ? part(t('Tags'), el('span', { className: 'ledger-tags' }, row.tags.map(function (tag) { return el('bdi', { className: 'ledger-tag' }, tag); }))) : null; }
    var first = true, field = L.tagField(t('Add a tag'), row.tags, function (names) {
      if (first) { first = false; return; }
      patch(mine, { tags: names }, names.length ? t('Tags are now {names}.', { names: names.join(', ') }) : t('It has no tags now.'));
    });
    field.field.setAttribute('data-keep', 'tags');
    return part(t('Tags'), field);
  }

  function notePart(mine) {
    var row = mine.row;
    if (!L.context.writes) { return row.note ? part(t('Note'), el('p', { className: 'ledger-text' }, el('bdi', {}, row.note))) : null; }
    var area = el('textarea', { className: 'ledger-input', rows: 2, value: row.note || '', maxLength: 2000, 'aria-label': t('Note'), placeholder: t('Add a note') });
    area.setAttribute('data-keep', 'note');
    area.addEventListener('change', function () {
      var next = area.value.trim() || null;
      if (next !== row.note) { patch(mine, { note: next }, next ? t('The note is saved.') : t('The note is gone.')); }
    });
    return part(t('Note'), area);
  }

  function transferPart(mine) {
    var row = mine.row, partners = mine.details ? mine.details.partners : [];
    if (!row.transfer_id) { return null; }
    return part(t('Transfer'), partners.map(function (each) {
      return el('div', { className: 'ledger-partner' }, fd.button([fd.icon('arrows-left-right'), el('span', {}, el('bdi', {}, L.accountName(each.account_id)), el('span', { className: 'ledger-why' }, L.shortDay(each.booked_on))),
        el('span', { className: 'money' }, L.money(each.amount, each.currency))], function () { open(each.id); }, { className: 'ledger-link', 'aria-label': t('Open the other side in {name}', { name: L.accountName(each.account_id) }) }));
    }), el('p', { className: 'ledger-hint' }, t('Both sides cancel out and count neither as income nor as expense.')),
    L.context.writes ? fd.button(t('This is no transfer'), function () { patch(mine, { transfer_id: null }, t('Separated: the two will not be paired again.')); }) : null);
  }

  function fact(name, value) { return value === null || value === undefined || value === '' ? null : [el('dt', {}, name), el('dd', {}, value)]; }

  function text(value) { return value ? el('bdi', {}, value) : null; }

  function factsPart(mine) {
    var row = mine.row, told = mine.details || {}, source = told.source;
    var from = source ? [el('a', { href: '/transactions?import_id=' + source.id }, el('bdi', {}, source.filename || t('A file without a name'))), source.line ? ', ' + t('line {number}', { number: fd.number(source.line) }) : '', ', ', fd.moment(source.imported_at)]
      : row.import_id ? t('An imported file') : t('Entered by hand or by a program');
    return part(t('Details'), el('dl', { className: 'ledger-facts' }, [
      fact(t('Counterparty'), text(row.counterparty)), fact(t('Purpose'), text(row.purpose)), fact(t('Reference'), text(row.reference)),
      fact(t('Valued'), row.value_on && row.value_on !== row.booked_on ? fd.day(row.value_on) : null),
      fact(t('Original amount'), row.original_amount ? el('span', { className: 'money' }, L.money(row.original_amount, row.original_currency, true)) : null),
      fact(t('Bank\u2019s category'), text(told.statement_category)), fact(t('Card code'), text(told.mcc)), fact(t('Bank\u2019s id'), text(row.external_id)),
      fact(t('Came from'), from), fact(t('Added'), fd.moment(row.created_at)), fact(t('Last changed'), fd.moment(row.updated_at)), fact(t('Id'), row.id)
    ].filter(Boolean)));
  }

  /* ---- Parts ---- */

  function split(mine) {
    var row = mine.row, places = L.digits(row.amount), total = L.minor(row.amount, places), sign = total < 0n ? -1n : 1n;
    var box = L.dialog('window', row.splits.length ? t('Edit split') : t('Split'), 'split'), lines = [], kept = null, busy = false;
    var list = el('div', { className: 'ledger-split' }), rest = el('p', { className: 'ledger-rest', role: 'status' }), wrong = el('p', { className: 'ledger-wrong', role: 'alert' });
    var save = fd.button(t('Save split'), store, { className: 'button button-primary' });

    function add(part, focus) {
      var amount = el('input', { type: 'text', inputMode: 'decimal', className: 'ledger-input ledger-figure', 'aria-label': t('Amount of part {number}', { number: lines.length + 1 }), value: part.amount });
      var line = { amount: amount, category: part.category_id, note: part.note || '', tags: part.tags || [] };
      var combo = L.categoryCombo(t('Category of part {number}', { number: lines.length + 1 }), part.category_id || '', function (id) { line.category = id || null; });
      var note = el('input', { type: 'text', className: 'ledger-input', placeholder: t('Note'), 'aria-label': t('Note of part {number}', { number: lines.length + 1 }), value: line.note, maxLength: 2000 });
      var gone = fd.button(fd.icon('x'), function () { lines.splice(lines.indexOf(line), 1); node.remove(); follow(line); count(); }, { className: 'ledger-cross', 'aria-label': t('Remove part {number}', { number: lines.length + 1 }) });
      var node = el('div', { className: 'ledger-split-line' }, combo, note, amount, gone);
      note.addEventListener('input', function () { line.note = note.value; });
      amount.addEventListener('input', function () { follow(line); count(); });
      lines.push(line);
      list.append(node);
      if (focus) { combo.field.focus(); }
    }
    function filled() { return lines.filter(function (line) { return line.amount.value.trim(); }); }
    function left() {
      var sum = 0n, bad = false;
      lines.forEach(function (line) {
        var value = L.minor(line.amount.value, places);
        if (value === null) { bad = bad || line.amount.value.trim() !== ''; } else { sum += value * sign; }
        if (value === null && line.amount.value.trim()) { line.amount.setAttribute('aria-invalid', 'true'); } else { line.amount.removeAttribute('aria-invalid'); }
      });
      return bad ? null : total - sum;
    }
    /* Until somebody types into it, the first part of a new split is what the others leave. */
    function follow(changed) {
      var first = lines[0], before = first && first.amount.value;
      if (!first || first === changed) { kept = null; }
      if (!first || first !== kept) { return; }
      first.amount.value = '';
      var open = left();
      first.amount.value = open === null ? before : open * sign > 0n ? L.decimal(open * sign, places) : '';
    }
    function count() {
      var open = left();
      rest.textContent = open === null ? t('One amount cannot be read.') : open === 0n ? t('The parts add up to {amount}.', { amount: L.money(row.amount, row.currency, true) })
        : open * sign > 0n ? t('Left to divide: {amount}', { amount: short(open * sign) }) : t('Too much by: {amount}', { amount: short(-open * sign) });
      rest.classList.toggle('is-done', open === 0n);
      save.disabled = open !== 0n || busy || filled().length < 2;
      if (open === 0n && filled().length < 2) { rest.textContent = t('Divide it in two parts at least.'); rest.classList.remove('is-done'); }
    }
    function short(value) { return L.money(L.decimal(value, places), row.currency, true); }
    function store() {
      busy = true;
      count();
      var parts = filled().map(function (line) {
        return { amount: L.decimal((L.minor(line.amount.value, places) || 0n) * sign, places), category_id: line.category || null, note: line.note.trim() || null, tags: line.tags };
      });
      change(row.id, { splits: parts }, mine.etag).then(function (answer) {
        box.close();
        L.toast(t('Split in {n}.', { n: fd.number(parts.length) }), undoer(versionOf(answer.etag), row.id));
        refreshDrawer();
      }, function (fault) {
        busy = false;
        count();
        if (fault.newest) { mine.etag = fault.newest.etag; }
        wrong.textContent = fault.newest ? t('Somebody changed this transaction in the meantime. Your parts are still here: look at them and save again.') : told(fault);
      });
    }
    if (row.splits.length) {
      row.splits.forEach(function (each) { add(Object.assign({}, each, { amount: L.decimal(L.minor(each.amount, places) * sign, places) })); });
    } else {
      add({ amount: L.decimal(total * sign, places), category_id: row.category_id });
      add({ amount: '', category_id: null });
      kept = lines[0];
    }
    var more = fd.button([fd.icon('plus'), t('Add a part')], function () {
      var open = left();
      add({ amount: open !== null && open * sign > 0n ? L.decimal(open * sign, places) : '', category_id: null }, true);
      count();
    });
    box.body.append(el('p', { className: 'quiet' }, el('bdi', {}, L.who(row)), ' · ', el('span', { className: 'money' }, L.money(row.amount, row.currency, true)),
      '. ', t('Each part counts in its own category; a part with a minus goes the other way.')), list, more, rest, wrong);
    if (row.splits.length) {
      box.foot.append(fd.button(t('Undo the split'), function () {
        box.close();
        patch(mine, { splits: [] }, t('It is one again.'));
      }));
    }
    box.foot.append(fd.button(t('Cancel'), function () { box.close(); }), save);
    count();
  }

  /* ---- A new one, or all fields of one ---- */

  function form(row, etag) {
    var box = L.dialog('window', row ? t('Edit transaction') : t('New transaction'), 'form'), chosen = row ? row.account_id : null, busy = false;
    var accounts = L.context.accounts.filter(function (each) { return !each.closed_on || each.id === chosen; });
    var filtered = new URLSearchParams(L.context.query).get('account_id');
    var account = el('select', { className: 'ledger-input', name: 'account_id' }, accounts.map(function (each) { return el('option', { value: each.id }, each.name + ' (' + each.currency + ')'); }));
    account.value = chosen || (accounts.some(function (each) { return each.id === filtered; }) ? filtered : accounts[0] ? accounts[0].id : '');
    var out = row ? row.amount.charAt(0) === '-' : true;
    var way = el('select', { className: 'ledger-input' }, el('option', { value: '-' }, t('Money out')), el('option', { value: '' }, t('Money in')));
    way.value = out ? '-' : '';
    var inputs = {
      account_id: account,
      booked_on: el('input', { type: 'date', className: 'ledger-input', value: row ? row.booked_on : L.context.today, min: '1900-01-01', max: '2999-12-31' }),
      amount: el('input', { type: 'text', inputMode: 'decimal', className: 'ledger-input ledger-figure', value: row ? row.amount.replace('-', '') : '', placeholder: '0.00', autocomplete: 'off' }),
      payee: el('input', { type: 'text', className: 'ledger-input', value: row ? row.payee || '' : '', maxLength: 2000 }),
      purpose: el('input', { type: 'text', className: 'ledger-input', value: row ? row.purpose || '' : '', maxLength: 2000 }),
      note: el('input', { type: 'text', className: 'ledger-input', value: row ? row.note || '' : '', maxLength: 2000 })
    };
    var category = row ? row.category_id : null, tags = row ? row.tags : [];
    var combo = L.categoryCombo(t('Category'), category || '', function (id) { category = id || null; });
    var pending = el('input', { type: 'checkbox', checked: Boolean(row && row.pending) });
    var boxes = { account_id: L.field(t('Account'), account), booked_on: L.field(t('Date'), inputs.booked_on), amount: L.field(t('Amount'), inputs.amount), payee: L.field(t('Payee'), inputs.payee),
      category_id: L.field(t('Category'), combo), purpose: L.field(t('Purpose'), inputs.purpose), note: L.field(t('Note'), inputs.note), tags: L.field(t('Tags'), L.tagField(t('Add a tag'), tags, function (names) { tags = names; })) };
    var general = el('div', { role: 'alert' }), save = el('button', { type: 'submit', className: 'button button-primary' }, row ? t('Save') : t('Add'));
    var body = el('form', { className: 'ledger-form', id: 'ledger-form', noValidate: true }, general, el('div', { className: 'ledger-pair' }, L.field(t('Direction'), way), boxes.amount), el('div', { className: 'ledger-pair' }, boxes.booked_on, boxes.account_id),
      boxes.payee, row && row.splits.length ? null : boxes.category_id, boxes.tags, boxes.purpose, boxes.note, el('label', { className: 'ledger-tick' }, pending, t('Still pending')));
    save.setAttribute('form', 'ledger-form');

    function problems(list) {
      Object.keys(boxes).forEach(function (name) { L.wrong(boxes[name], ''); });
      list.forEach(function (each) { if (boxes[each.field]) { L.wrong(boxes[each.field], each.message); } });
      var first = body.querySelector('[aria-invalid]');
      if (first) { first.focus(); }
      return list.some(function (each) { return !boxes[each.field] || !body.contains(boxes[each.field]); });
    }
    body.addEventListener('submit', function (event) {
      event.preventDefault();
      if (busy) { return; }
      var currency = (L.accounts[account.value] || {}).currency || L.context.currency;
      var places = new Intl.NumberFormat('en', { style: 'currency', currency: currency }).resolvedOptions().maximumFractionDigits;
      if (row && row.currency === currency) { places = L.digits(row.amount); }
      var value = L.minor(inputs.amount.value, places), found = [];
      if (value === null) { found.push({ field: 'amount', message: places ? t('Write an amount such as 12.50') : t('Write a whole amount such as 1250') }); }
      if (!inputs.booked_on.value) { found.push({ field: 'booked_on', message: t('Choose a day') }); }
      if (!account.value) { found.push({ field: 'account_id', message: t('Choose an account') }); }
      problems(found);
      if (found.length) { return; }
      var new_ = { account_id: account.value, booked_on: inputs.booked_on.value, amount: L.decimal(way.value ? -value : value, places), payee: inputs.payee.value.trim() || null,
        purpose: inputs.purpose.value.trim() || null, note: inputs.note.value.trim() || null, tags: tags, pending: pending.checked };
      if (row ? !row.splits.length && category !== row.category_id : category) { new_.category_id = category; }
      busy = true;
      save.disabled = true;
      (row ? change(row.id, changesOf(row, new_), etag) : L.api('POST', '/financial/transactions', new_)).then(function (answer) {
        box.close();
        L.toast(row ? t('The transaction is saved.') : t('Added: {name}.', { name: L.who(answer.body) }), row ? undoer(versionOf(answer.etag)) : null);
        L.reload();
        refreshDrawer();
      }, function (fault) {
        busy = false;
        save.disabled = false;
        if (fault.newest) { etag = fault.newest.etag; general.replaceChildren(fd.trouble(t('Somebody changed this in the meantime'), { detail: t('What you typed is still here: look at it and save again.'), errors: [] })); return; }
        if (problems(fault.errors) || !fault.errors.length) { general.replaceChildren(fd.trouble(t('That was not saved'), fault)); }
      });
    });
    box.body.append(body);
    box.foot.append(fd.button(t('Cancel'), function () { box.close(); }), save);
    inputs.amount.focus();
  }

  /* Only what differs is sent: what a person did not touch stays as it is. */
  function changesOf(row, new_) {
    var changes = {};
    Object.keys(new_).forEach(function (name) { if (JSON.stringify(new_[name]) !== JSON.stringify(row[name])) { changes[name] = new_[name]; } });
    return changes;
  }

  Object.assign(L, { edit: edit, open: open, create: function () { form(null, null); }, undoer: undoer, told: told, insist: insist, busy: function () { return Boolean(popover); } });
})();
