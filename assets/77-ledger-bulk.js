/* Many transactions at once: the bar of the selection, the preview of what would change, deleting, taking it back. */
(function () {
  'use strict';
  var fd = window.fdImport, L = window.fdLedger, el = fd.el;
  var BULK = '/financial/transactions/bulk';

  function chosen() { return L.all ? L.count || 0 : L.selected.size; }

  function drawBar() {
    var bar = document.getElementById('ledger-bar'), here = document.getElementById('ledger-cards');
    if (!L.context || !L.context.writes || !here || !chosen()) { if (bar) { bar.remove(); } return; }
    if (!bar) {
      bar = el('div', { id: 'ledger-bar', className: 'ledger-bar', role: 'region', 'aria-label': 'Selected transactions' });
      here.closest('.ledger').append(bar);
    }
    var more = !L.all && L.count !== null && L.count > L.selected.size;
    var kept = document.activeElement && bar.contains(document.activeElement) ? document.activeElement.textContent : null;
    bar.replaceChildren.apply(bar, [
      el('span', { className: 'strong', 'aria-live': 'polite' }, L.all ? 'All ' + fd.number(L.count) + ' selected' : fd.number(L.selected.size) + ' selected'),
      more ? fd.button('Select all ' + fd.number(L.count), function () { L.all = true; drawBar(); L.markCards(); }) : null,
      fd.button([fd.icon('pencil'), 'Edit'], editMany),
      fd.button([fd.icon('check'), 'Mark cleared'], function () { run({ changes: { cleared: true } }, function (count) { return fd.many(count, 'transaction is', 'transactions are') + ' marked as cleared.'; }); }, { className: 'button ledger-wide' }),
      fd.button([fd.icon('trash'), 'Delete'], function () { remove(); }, { className: 'button ledger-danger' }),
      fd.button(fd.icon('x'), function () { L.clearSelection(); }, { className: 'ledger-cross', 'aria-label': 'Clear the selection' })
    ].filter(Boolean));
    if (kept) { Array.from(bar.querySelectorAll('button')).forEach(function (each) { if (each.textContent === kept) { each.focus(); } }); }
  }

  /* What a request is about: the chosen ones by id, or all that the filters find. */
  function request(what, ids) {
    var body = Object.assign({}, what), path = BULK;
    if (ids) { body.ids = ids; } else if (L.all) { path += '?' + L.apiQuery(); } else { body.ids = Array.from(L.selected); }
    return L.api('POST', path, body).then(function (answer) { return answer.body; });
  }

  function done(result, words) {
    L.clearSelection();
    L.reload();
    if (result.version) { L.toast(words(result.changed), L.undoer(result.version)); } else { L.toast('Nothing to change: they are like that already.'); }
  }

  function run(what, words, expected) {
    return request(expected === undefined ? what : Object.assign({ expected: expected }, what)).then(function (result) {
      done(result, words);
    }, function (fault) { L.toast('That was not done: ' + L.told(fault)); });
  }

  /* ---- Deleting ---- */

  function remove(ids, after) {
    var count = ids ? ids.length : chosen(), box = L.dialog('window', 'Delete ' + fd.many(count, 'transaction', 'transactions') + '?', 'delete');
    box.body.append(el('p', {}, 'Balances, budgets and figures follow. You can undo it right afterwards.'));
    var preview = el('div', { className: 'ledger-preview' }), sure = fd.button([fd.icon('trash'), 'Delete'], act, { className: 'button button-primary' });
    box.body.append(preview);
    box.foot.append(fd.button('Cancel', function () { box.close(); }), sure);
    sure.disabled = true;
    var expected = null;
    request({ delete: true, dry_run: true }, ids).then(function (result) {
      expected = result.found;
      preview.replaceChildren(table(result, true));
      sure.disabled = false;
      sure.focus();
    }, function (fault) { preview.replaceChildren(fd.trouble('They cannot be deleted', fault)); });
    function act() {
      sure.disabled = true;
      request({ delete: true, expected: expected }, ids).then(function (result) {
        box.close();
        if (after) { after(); }
        done(result, function (gone) { return fd.many(gone, 'transaction', 'transactions') + ' deleted.'; });
      }, function (fault) { sure.disabled = false; preview.replaceChildren(fd.trouble('Nothing was deleted', fault)); });
    }
  }

  /* ---- Changing ---- */

  function choice(options) {
    return el('select', { className: 'ledger-input' }, options.map(function (each) { return el('option', { value: each[0] }, each[1]); }));
  }

  function editMany() {
    var box = L.dialog('window', 'Edit ' + fd.many(chosen(), 'transaction', 'transactions'), 'bulk'), category = 'same', add = [], take = [], looked = null;
    var combo = L.categoryCombo('Category', 'same', function (id) { category = id; stale(); }, { options: [{ value: 'same', text: 'Leave as it is' }, { value: '', text: 'No category' }] });
    var payee = el('input', { type: 'text', className: 'ledger-input', placeholder: 'Leave as it is', maxLength: 2000 });
    var cleared = choice([['', 'Leave as it is'], ['true', 'Cleared'], ['false', 'Not cleared']]), pending = choice([['', 'Leave as it is'], ['true', 'Pending'], ['false', 'Booked']]);
    var preview = el('div', { className: 'ledger-preview', role: 'status' });
    var next = fd.button('Preview', look, { className: 'button button-primary' });
    box.body.append(el('div', { className: 'ledger-form' }, L.field('Category', combo), el('div', { className: 'ledger-pair' }, L.field('Add tags', L.tagField('Add tags', [], function (names) { add = names; stale(); })), L.field('Take tags off', L.tagField('Take tags off', [], function (names) { take = names; stale(); }))),
      L.field('Payee', payee), el('div', { className: 'ledger-pair' }, L.field('Cleared', cleared), L.field('Status', pending))), preview);
    box.foot.append(fd.button('Cancel', function () { box.close(); }), next);
    [payee, cleared, pending].forEach(function (input) { input.addEventListener('input', stale); });
    combo.field.focus();

    function changes() {
      var found = {};
      if (category !== 'same') { found.category_id = category || null; }
      if (payee.value.trim()) { found.payee = payee.value.trim(); }
      if (cleared.value) { found.cleared = cleared.value === 'true'; }
      if (pending.value) { found.pending = pending.value === 'true'; }
      if (add.length) { found.add_tags = add; }
      if (take.length) { found.remove_tags = take; }
      return found;
    }
    function stale() { looked = null; if (next) { next.textContent = 'Preview'; next.disabled = false; preview.replaceChildren(); } }
    function look() {
      var wanted = changes();
      if (looked) { act(); return; }
      if (!Object.keys(wanted).length) { preview.replaceChildren(el('p', { className: 'ledger-hint' }, 'Choose what is to change.')); return; }
      next.disabled = true;
      request({ changes: wanted, dry_run: true }).then(function (result) {
        next.disabled = result.changed === 0;
        looked = { changes: wanted, expected: result.found };
        next.textContent = result.changed ? 'Change ' + fd.number(result.changed) : 'Nothing to change';
        preview.replaceChildren(table(result, false));
      }, failed);
    }
    function act() {
      next.disabled = true;
      request(looked).then(function (result) {
        box.close();
        done(result, function (count) { return fd.many(count, 'transaction', 'transactions') + ' changed.'; });
      }, failed);
    }
    function failed(fault) {
      looked = null;
      next.disabled = false;
      next.textContent = 'Preview';
      preview.replaceChildren(fd.trouble('Nothing was changed', fault));
    }
  }

  function word(name, value) {
    if (name === 'category_id') { return value ? (L.categories[value] || {}).name || value : 'Uncategorised'; }
    if (name === 'tags') { return value.join(', ') || 'no tags'; }
    if (name === 'cleared') { return value ? 'cleared' : 'not cleared'; }
    if (name === 'pending') { return value ? 'pending' : 'booked'; }
    return value || 'nothing';
  }

  function table(result, gone) {
    var same = result.found - result.changed - result.split, facts = [];
    if (!gone) {
      facts.push(fd.number(result.changed) + ' of ' + fd.many(result.found, 'transaction', 'transactions') + ' will change.');
      if (result.split) { facts.push(fd.many(result.split, 'is split and keeps its categories.', 'are split and keep their categories.')); }
      if (same > 0) { facts.push(fd.many(same, 'is like that already.', 'are like that already.')); }
    }
    var rest = result.changed - result.preview.length;
    return el('div', {}, facts.length ? el('p', { className: 'strong' }, facts.join(' ')) : null, el('ul', { className: 'ledger-lines' }, result.preview.map(function (line) {
      return el('li', {}, el('span', { className: 'ledger-line-who' }, el('bdi', { className: 'ledger-who' }, line.payee || 'No payee'), el('span', { className: 'ledger-why' }, L.shortDay(line.booked_on))),
        el('span', { className: 'money' }, L.money(line.amount, line.currency)),
        gone ? null : el('span', { className: 'ledger-turn' }, Object.keys(line.after).map(function (name) {
          return el('span', {}, el('del', {}, el('bdi', {}, word(name, line.before[name]))), ' \u2192 ', el('ins', {}, el('bdi', {}, word(name, line.after[name]))));
        })));
    })), rest > 0 ? el('p', { className: 'ledger-hint' }, 'and ' + fd.number(rest) + ' more') : null);
  }

  Object.assign(L, { drawBar: drawBar, remove: remove });
})();
