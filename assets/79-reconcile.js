/* Reconciling an account: a statement's balance, its entries to tick, the difference on its way to nothing. */
(function () {
  'use strict';
  var fd = window.fdImport, L = window.fdLedger, A = window.fdAccounts, el = fd.el, t = window.fd.t, n = fd.n;
  var PAGE = 300, QUIET_MS = 2500;
  var now = null;   /* what is shown: {account, statement, rows, cursor, waiting, touched} */

  function place() { return document.getElementById('accounts-reconcile'); }
  function path(id, rest) { return '/financial/reconciliations/' + encodeURIComponent(id) + (rest || ''); }
  function units(text) { return L.minor(text, A.places(now.account.currency)); }
  function money(value) { return L.money(L.decimal(value, A.places(now.account.currency)), now.account.currency, true); }
  function shown(text) { return el('span', { className: 'money' }, L.money(text, now.account.currency, true)); }

  function head(sentence) {
    return [el('div', { className: 'panel-title' }, el('h2', {}, t('Reconcile'))), el('p', { className: 'sentence' }, sentence)];
  }

  function failed(fault) {
    place().replaceChildren.apply(place(), head('').concat([fd.trouble(t('The statements could not be fetched'), fault), fd.button(t('Try again'), load)]));
  }

  /* ---- What is there ---- */

  function reconcile(context) {
    var node = place();
    if (!node || !context.account) { now = null; return; }
    if (now && now.account.id === context.account.id && node.childElementCount) {
      now.account = context.account;
      if (!now.waiting && Date.now() - now.touched > QUIET_MS) { load(); }
      return;
    }
    now = { account: context.account, statement: null, rows: [], cursor: null, waiting: 0, touched: 0 };
    node.replaceChildren.apply(node, head(t('Compare your books with a statement of your bank, entry by entry.')));
    load();
  }

  function load() {
    var mine = now, base = A.one(mine.account.id);
    return Promise.all([L.api('GET', base + '/reconciliations?limit=12'), L.api('GET', base + '/statements')]).then(function (answers) {
      if (now !== mine) { return null; }
      var history = answers[0].body.data, open = history.filter(function (each) { return each.state === 'open'; })[0];
      mine.history = history.filter(function (each) { return each.state === 'closed'; });
      mine.stated = answers[1].body.data.filter(function (each) { return !each.reconciled && (!mine.history[0] || each.statement_on > mine.history[0].statement_on); });
      mine.statement = open || null;
      if (!open) { start(); return null; }
      return L.api('GET', path(open.id, '/entries?limit=' + PAGE)).then(function (answer) {
        if (now !== mine) { return; }
        mine.rows = answer.body.data;
        mine.cursor = answer.body.next_cursor;
        work();
      });
    }).catch(function (fault) { if (now === mine) { failed(fault.errors ? fault : { detail: String(fault), errors: [] }); } });
  }

  /* ---- To begin ---- */

  function start() {
    var sentence = now.history.length ? t('Reconciled to {day}.', { day: L.longDay(now.history[0].statement_on) }) : t('Compare your books with a statement of your bank, entry by entry.');
    var parts = head(sentence);
    if (A.context.writes) { parts.push(form()); }
    parts.push(history());
    place().replaceChildren.apply(place(), parts);
  }

  function form() {
    var newest = now.stated[0], when = A.day(newest ? newest.statement_on : A.context.today), balance = A.text(newest ? newest.balance : '', { inputMode: 'decimal' });
    var boxes = { statement_on: L.field(t('Statement of'), when), balance: L.field(t('Its closing balance'), balance) };
    var message = el('p', { className: 'ledger-wrong', role: 'alert' });
    var button = fd.button(t('Start'), begin, { className: 'button button-primary' });
    var offers = now.stated.slice(0, 4).map(function (each) {
      var words = [A.when(each.statement_on), ' · ', shown(each.balance), units(each.difference) ? el('span', { className: 'reconcile-off' }, ' ', t('differs by'), ' ', shown(each.difference)) : null];
      return fd.button(words, function () { when.value = each.statement_on; balance.value = each.balance; button.focus(); }, { className: 'button reconcile-offer', title: each.filename });
    });
    function begin() {
      var value = units(balance.value), digits = A.places(now.account.currency);
      L.wrong(boxes.statement_on, when.value ? '' : t('Choose a day'));
      L.wrong(boxes.balance, value === null ? t('Write an amount such as 1234.50') : '');
      if (value === null || !when.value || button.disabled) { return; }
      button.disabled = true;
      L.api('POST', A.one(now.account.id) + '/reconciliations', { statement_on: when.value, balance: L.decimal(value, digits) }).then(load, function (fault) {
        button.disabled = false;
        var field = fault.errors.length ? boxes[fault.errors[0].field] : null;
        if (field) { L.wrong(field, fault.errors[0].message); } else { message.textContent = A.told(fault); }
      });
    }
    [when, balance].forEach(function (input) { input.addEventListener('keydown', function (event) { if (event.key === 'Enter') { event.preventDefault(); begin(); } }); });
    return el('div', {}, offers.length ? el('div', { className: 'reconcile-offers' }, el('span', { className: 'quiet' }, t('From your files:'), ' '), offers) : null,
      el('div', { className: 'reconcile-form' }, boxes.statement_on, boxes.balance, button), message);
  }

  function history() {
    if (!now.history.length) { return ''; }
    var rows = now.history.map(function (each, index) {
      var undo = index === 0 && A.context.writes && !now.statement ? fd.button(t('Reopen'), function (event) {
        event.target.disabled = true;
        L.api('POST', path(each.id, '/reopen')).then(load, function (fault) { L.toast(A.told(fault)); load(); });
      }, { 'aria-label': t('Reopen the statement of {day}', { day: L.longDay(each.statement_on) }) }) : null;
      var marks = [each.adjustment_id ? t('with an adjustment') : '', each.disturbed ? t('an entry was changed since') : ''].filter(Boolean).join(', ');
      return el('li', {}, el('span', {}, A.when(each.statement_on), el('span', { className: 'ledger-why' }, ' ' + n('{n} entry', '{n} entries', each.cleared_count) + (marks ? ', ' + marks : ''))),
        el('span', { className: 'reconcile-end' }, shown(each.balance), undo));
    });
    return el('details', { className: 'reconcile-history', open: !now.statement }, el('summary', {}, fd.icon('history'), ' ', t('Reconciled statements')), el('ul', {}, rows));
  }

  /* ---- At work ---- */

  function difference() { return units(now.statement.difference); }

  function work() {
    var statement = now.statement, focused = document.activeElement && document.activeElement.getAttribute && document.activeElement.getAttribute('data-entry');
    var parts = head([t('Statement of {day}: tick what it has, until nothing is missing.', { day: L.longDay(statement.statement_on) })]);
    now.status = el('div', { className: 'reconcile-status', role: 'status' });
    now.buttons = el('div', { className: 'reconcile-buttons' });
    now.list = el('ul', { className: 'reconcile-list', 'aria-label': t('Entries') }, now.rows.map(entry));
    now.list.addEventListener('keydown', keys);
    now.more = el('p', {});
    parts.push(now.status, now.buttons, now.rows.length ? now.list : el('p', { className: 'quiet' }, t('There are no entries up to this day that are not reconciled.')), now.more, history());
    place().replaceChildren.apply(place(), parts);
    tell();
    var again = focused && now.list.querySelector('[data-entry="' + focused + '"]');
    if (again) { again.focus(); }
  }

  function entry(row) {
    var box = el('input', { type: 'checkbox', checked: row.cleared, disabled: !A.context.writes, 'data-entry': row.id });
    box.addEventListener('change', function () { mark([row], box.checked); });
    return el('li', {}, el('label', { className: 'reconcile-entry' }, box, el('span', { className: 'reconcile-day' }, A.when(row.booked_on)),
      el('bdi', { className: 'reconcile-who', title: L.who(row) }, row.type === 'adjustment' && !row.payee ? t('Adjustment') : L.who(row)), L.amount(row)));
  }

  /* Arrows move, Space ticks (the browser's own), Enter ticks and moves on. */
  function keys(event) {
    var boxes = Array.from(now.list.querySelectorAll('input')), at = boxes.indexOf(event.target);
    var to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: boxes.length - 1, Enter: at + 1 }[event.key];
    if (at < 0 || to === undefined) { return; }
    event.preventDefault();
    if (event.key === 'Enter') { event.target.click(); }
    if (boxes[to]) { boxes[to].focus(); }
  }

  function tell() {
    var statement = now.statement, rest = difference(), target = units(statement.balance), cleared = units(statement.cleared_balance);
    var total = statement.cleared_count + statement.uncleared_count;
    var fact = function (name, node, css) { return el('div', { className: css || '' }, el('span', { className: 'quiet' }, name), node); };
    var left = el('span', { className: 'money reconcile-left' }, money(rest));
    now.status.replaceChildren(fact(t('Statement'), el('span', { className: 'money' }, money(target))), fact(t('Ticked'), el('span', { className: 'money' }, money(cleared))),
      fact(t('Difference'), rest ? left : el('span', { className: 'reconcile-left is-done' }, fd.icon('circle-check'), ' ', money(rest)), 'reconcile-big'),
      fact(t('Entries'), t('{n} of {total}', { n: fd.number(statement.cleared_count), total: fd.number(total) })));
    var bar = el('progress', { className: 'reconcile-bar', max: Math.max(1, total), value: statement.cleared_count, 'aria-label': t('Entries ticked') });
    now.status.append(bar);
    now.more.replaceChildren(now.cursor ? fd.button(t('Show older entries'), older) : '');
    if (!A.context.writes) { return; }
    var held = document.activeElement && now.buttons.contains(document.activeElement) ? document.activeElement.getAttribute('data-act') : null;
    now.buttons.replaceChildren(
      fd.button(rest ? t('Finish with an adjustment') : t('Finish'), function () { finish(rest); }, { className: rest ? 'button' : 'button button-primary', 'data-act': 'finish' }),
      statement.uncleared_count ? fd.button(t('Tick all'), function () { markAll(true); }, { 'data-act': 'all' }) : fd.button(t('Untick all'), function () { markAll(false); }, { 'data-act': 'all' }),
      fd.button(t('Give up'), giveUp, { 'data-act': 'give-up' }));
    var again = held && now.buttons.querySelector('[data-act="' + held + '"]');
    if (again) { again.focus(); }
  }

  /* Shown at once, told to the server in the order of the ticks; what it refuses is taken back. */
  function mark(rows, cleared) {
    var mine = now, statement = mine.statement, sum = rows.reduce(function (total, row) { return total + units(row.amount); }, 0n) * (cleared ? 1n : -1n);
    var digits = A.places(mine.account.currency);
    rows.forEach(function (row) { row.cleared = cleared; });
    statement.cleared_balance = L.decimal(units(statement.cleared_balance) + sum, digits);
    statement.difference = L.decimal(units(statement.difference) - sum, digits);
    statement.cleared_count += cleared ? rows.length : -rows.length;
    statement.uncleared_count -= cleared ? rows.length : -rows.length;
    tell();
    send({ ids: rows.map(function (row) { return row.id; }), cleared: cleared });
  }

  function markAll(cleared) { send({ cleared: cleared }).then(load); }

  var line = Promise.resolve();

  function send(body) {
    var mine = now;
    mine.waiting += 1;
    mine.touched = Date.now();
    line = line.then(function () { return L.api('POST', path(mine.statement.id, '/entries'), body); }).then(function (answer) {
      mine.waiting -= 1;
      if (now === mine && !mine.waiting) { mine.statement = answer.body; tell(); }
    }, function (fault) {
      mine.waiting -= 1;
      L.toast(t('That was not saved: {reason}', { reason: A.told(fault) }));
      if (now === mine) { load(); }
    });
    return line;
  }

  function older() {
    var mine = now;
    L.api('GET', path(mine.statement.id, '/entries?limit=' + PAGE + '&cursor=' + encodeURIComponent(mine.cursor))).then(function (answer) {
      if (now !== mine) { return; }
      var first = mine.rows.length;
      mine.rows = mine.rows.concat(answer.body.data);
      mine.cursor = answer.body.next_cursor;
      mine.list.append.apply(mine.list, answer.body.data.map(entry));
      tell();
      mine.list.querySelectorAll('input')[first].focus();
    }, function (fault) { L.toast(A.told(fault)); });
  }

  function finish(rest) {
    if (!rest) { close(false); return; }
    var box = L.dialog('window', t('Finish with an adjustment'), 'adjust');
    box.body.append(el('p', {}, t('The statement and what you ticked differ by'), ' ', el('span', { className: 'money strong' }, money(rest)), '. ',
      t('An adjustment of this amount is booked on {day}. It changes the balance and is neither income nor expense.', { day: L.longDay(now.statement.statement_on) })));
    box.foot.append(fd.button(t('Cancel'), function () { box.close(); }), fd.button(t('Book it and finish'), function () { box.close(); close(true); }, { className: 'button button-primary' }));
  }

  function close(adjust) {
    var id = now.statement.id;
    line.then(function () { return L.api('POST', path(id, '/close'), { adjust: adjust }); }).then(function () {
      now.touched = Date.now();
      load();
      A.refresh();
      L.toast(t('The statement is reconciled.'), function () {
        return L.api('POST', path(id, '/reopen')).then(function () { load(); A.refresh(); return t('The statement is open again.'); });
      });
    }, function (fault) { L.toast(A.told(fault)); load(); });
  }

  function giveUp() {
    L.api('DELETE', path(now.statement.id)).then(function () { load(); A.say(t('The statement is given up. What is ticked stays ticked.')); }, function (fault) { L.toast(A.told(fault)); load(); });
  }

  A.reconcile = reconcile;
})();
