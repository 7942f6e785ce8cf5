/* Many transactions at once: the bar of the selection, the preview of what would change, deleting, taking it back. */
(function () {
  'use strict';
  var fd = window.fdImport, L = window.fdLedger, el = fd.el, t = window.fd.t, n = fd.n;
  var BULK = '/financial/transactions/bulk';

  function chosen() { return L.all ? L.count || 0 : L.selected.size; }

  function drawBar() {
    var bar = document.getElementById('ledger-bar'), here = document.getElementById('ledger-cards');
    if (!L.context || !L.context.writes || !here || !chosen()) { if (bar) { bar.remove(); } return; }
    if (!bar) {
      bar = el('div', { id: 'ledger-bar', className: 'ledger-bar', role: 'region', 'aria-label': t('Selected transactions') });
      here.closest('.ledger').append(bar);
    }
    var more = !L.all && L.count !== null && L.count > L.selected.size;
    var kept = document.activeElement && bar.contains(document.activeElement) ? document.activeElement.textContent : null;
    bar.replaceChildren.apply(bar, [
      el('span', { className: 'strong', 'aria-live': 'polite' }, L.all ? t('All {n} selected', { n: fd.number(L.count) }) : t('{n} selected', { n: fd.number(L.selected.size) })),
      more ? fd.button(t('Select all {n}', { n: fd.number(L.count) }), function () { L.all = true; drawBar(); L.markCards(); }) : null,
      fd.button([fd.icon('pencil'), t('Edit')], editMany),
      fd.button([fd.icon('check'), t('Mark cleared')], function () { run({ changes: { cleared: true } }, function (count) { return n('{n} transaction is marked as cleared.', '{n} transactions are marked as cleared.', count); }); }, { className: 'button ledger-wide' }),
      fd.button([fd.icon('trash'), t('Delete')], function () { remove(); }, { className: 'button ledger-danger' }),
      fd.button(fd.icon('x'), function () { L.clearSelection(); }, { className: 'ledger-cross', 'aria-label': t('Clear the selection') })
    ].filter(Boolean));
    if (kept) { Array.from(bar.querySelectorAll('button')).forEach(function (each) { if (each.textContent === kept) { each.focus(); } }); }
  }

  /* What a request is about: the chosen ones by id, or all that the filters find. */
  function request(what, ids) {
    var body = Object.assign({}, what), path = BULK;
    if (ids) { body.ids = ids; } else if (L.all) { path += '?' + L.apiQuery(); } else { body.ids = Array.from(L.selected); }
    function send(force) { return L.api('POST', path + (force ? (path === BULK ? '?' : '&') + 'force=true' : ''), body); }
    return send(false).catch(L.insist(function () { return send(true); })).then(function (answer) { return answer.body; });
  }

  function done(result, words) {
    L.clearSelection();
    L.reload();
    if (result.version) { L.toast(words(result.changed), L.undoer(result.version)); } else { L.toast(t('Nothing to change: they are like that already.')); }
  }

  function run(what, words, expected) {
    return request(expected === undefined ? what : Object.assign({ expected: expected }, what)).then(function (result) {
      done(result, words);
    }, function (fault) { L.toast(t('That was not done: {reason}', { reason: L.told(fault) })); });
  }

  /* ---- Deleting ---- */

  function remove(ids, after) {
    var count = ids ? ids.length : chosen(), box = L.dialog('window', n('Delete {n} transaction?', 'Delete {n} transactions?', count), 'delete');
    box.body.append(el('p', {}, t('Balances, budgets and figures follow. You can undo it right afterwards.')));
    var preview = el('div', { className: 'ledger-preview' }), sure = fd.button([fd.icon('trash'), t('Delete')], act, { className: 'button button-primary' });
    box.body.append(preview);
    box.foot.append(fd.button(t('Cancel'), function () { box.close(); }), sure);
    sure.disabled = true;
    var expected = null;
    request({ delete: true, dry_run: true }, ids).then(function (result) {
      expected = result.found;
      preview.replaceChildren(table(result, true));
      sure.disabled = false;
      sure.focus();
    }, function (fault) { preview.replaceChildren(fd.trouble(t('They cannot be deleted'), fault)); });
    function act() {
      sure.disabled = true;
      request({ delete: true, expected: expected }, ids).then(function (result) {
        box.close();
        if (after) { after(); }
        done(result, function (gone) { return n('{n} transaction deleted.', '{n} transactions deleted.', gone); });
      }, function (fault) { sure.disabled = false; preview.replaceChildren(fd.trouble(t('Nothing was deleted'), fault)); });
    }
  }

  /* ---- Changing ---- */

  function choice(options) {
    return el('select', { className: 'ledger-input' }, options.map(function (each) { return el('option', { value: each[0] }, each[1]); }));
  }

  function editMany() {
    var box = L.dialog('window', n('Edit {n} transaction', 'Edit {n} transactions', chosen()), 'bulk'), category = 'same', add = [], take = [], looked = null;
    var combo = L.categoryCombo(t('Category'), 'same', function (id) { category = id; stale(); }, { options: [{ value: 'same', text: t('Leave as it is') }, { value: '', text: t('No category') }] });
    var payee = el('input', { type: 'text', className: 'ledger-input', placeholder: t('Leave as it is'), maxLength: 2000 });
    var cleared = choice([['', t('Leave as it is')], ['true', t('Cleared')], ['false', t('Not cleared')]]), pending = choice([['', t('Leave as it is')], ['true', t('Pending')], ['false', t('Booked')]]);
    var preview = el('div', { className: 'ledger-preview', role: 'status' });
    var next = fd.button(t('Preview'), look, { className: 'button button-primary' });
    box.body.append(el('div', { className: 'ledger-form' }, L.field(t('Category'), combo), el('div', { className: 'ledger-pair' }, L.field(t('Add tags'), L.tagField(t('Add tags'), [], function (names) { add = names; stale(); })), L.field(t('Take tags off'), L.tagField(t('Take tags off'), [], function (names) { take = names; stale(); }))),
      L.field(t('Payee'), payee), el('div', { className: 'ledger-pair' }, L.field(t('Cleared'), cleared), L.field(t('Status'), pending))), preview);
    box.foot.append(fd.button(t('Cancel'), function () { box.close(); }), next);
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
    function stale() { looked = null; if (next) { next.textContent = t('Preview'); next.disabled = false; preview.replaceChildren(); } }
    function look() {
      var wanted = changes();
      if (looked) { act(); return; }
      if (!Object.keys(wanted).length) { preview.replaceChildren(el('p', { className: 'ledger-hint' }, t('Choose what is to change.'))); return; }
      next.disabled = true;
      request({ changes: wanted, dry_run: true }).then(function (result) {
        next.disabled = result.changed === 0;
        looked = { changes: wanted, expected: result.found };
        next.textContent = result.changed ? t('Change {n}', { n: fd.number(result.changed) }) : t('Nothing to change');
        preview.replaceChildren(table(result, false));
      }, failed);
    }
    function act() {
      next.disabled = true;
      request(looked).then(function (result) {
        box.close();
        done(result, function (count) { return n('{n} transaction changed.', '{n} transactions changed.', count); });
      }, failed);
    }
    function failed(fault) {
      looked = null;
      next.disabled = false;
      next.textContent = t('Preview');
      preview.replaceChildren(fd.trouble(t('Nothing was changed'), fault));
    }
  }

  function word(name, value) {
    if (name === 'category_id') { return value ? (L.categories[value] || {}).name || value : t('Uncategorised'); }
    if (name === 'tags') { return value.join(', ') || t('no tags'); }
    if (name === 'cleared') { return value ? t('cleared') : t('not cleared'); }
    if (name === 'pending') { return value ? t('pending') : t('booked'); }
    return value || t('nothing');
  }

  function table(result, gone) {
    var same = result.found - result.changed - result.split, facts = [];
    if (!gone) {
      facts.push(n('{changed} of {n} transaction will change.', '{changed} of {n} transactions will change.', result.found, { changed: fd.number(result.changed) }));
      if (result.split) { facts.push(n('{n} is split and keeps its categories.', '{n} are split and keep their categories.', result.split)); }
      if (same > 0) { facts.push(n('{n} is like that already.', '{n} are like that already.', same)); }
    }
    var rest = result.changed - result.preview.length;
    return el('div', {}, facts.length ? el('p', { className: 'strong' }, facts.join(' ')) : null, el('ul', { className: 'ledger-lines' }, result.preview.map(function (line) {
      return el('li', {}, el('span', { className: 'ledger-line-who' }, el('bdi', { className: 'ledger-who' }, line.payee || t('No payee')), el('span', { className: 'ledger-why' }, L.shortDay(line.booked_on))),
        el('span', { className: 'money' }, L.money(line.amount, line.currency)),
        gone ? null : el('span', { className: 'ledger-turn' }, Object.keys(line.after).map(function (name) {
          return el('span', {}, el('del', {}, el('bdi', {}, word(name, line.before[name]))), ' \u2192 ', el('ins', {}, el('bdi', {}, word(name, line.after[name]))));
        })));
    })), rest > 0 ? el('p', { className: 'ledger-hint' }, t('and {n} more', { n: fd.number(rest) })) : null);
  }

  Object.assign(L, { drawBar: drawBar, remove: remove });
})();
