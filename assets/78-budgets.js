/* The budgets page in the browser: the form with its preview, proposals, deleting, alerts that were seen. */
(function () {
  'use strict';
  var fd = window.fdImport, L = window.fdLedger, el = fd.el, told = fd.told, t = window.fd.t, n = fd.n;
  var PATH = '/financial/budgets', WAIT_MS = 350;
  var DAYS = [t('Monday'), t('Tuesday'), t('Wednesday'), t('Thursday'), t('Friday'), t('Saturday'), t('Sunday')];
  var TYPES = [['monthly', t('Every month')], ['weekly', t('Every week')], ['quarterly', t('Every quarter')], ['yearly', t('Every year')], ['fixed', t('Once, between two days')]];
  var POLICIES = [['reset', t('Nothing: each period starts anew')], ['carry_positive', t('What is left is added')], ['carry_all', t('What is left or missing moves on')]];
  var context = null;

  function place(name) { return document.getElementById('budgets-' + name); }
  function say(words) { if (place('said')) { place('said').textContent = words; } }

  function refresh() { L.changed('budget'); }

  function go(search) { window.dash_clientside.set_props('url', { search: search }); }

  function span(period) {
    var options = { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' };
    var first = new Date(period.from + 'T00:00Z'), last = new Date(period.to + 'T00:00Z');
    try { return new Intl.DateTimeFormat(fd.locale, options).formatRange(first, last); } catch (error) { return period.from + ' – ' + period.to; }
  }

  function places(currency) {
    try { return new Intl.NumberFormat('en', { style: 'currency', currency: currency }).resolvedOptions().maximumFractionDigits; } catch (error) { return 2; }
  }

  /* ---- Fields ---- */

  function choice(options, value) {
    var node = el('select', { className: 'ledger-input' }, options.map(function (each) { return el('option', { value: each[0] }, each[1]); }));
    node.value = value;
    return node;
  }

  function text(value, options) { return el('input', Object.assign({ type: 'text', className: 'ledger-input', value: value || '' }, options)); }
  function day(value) { return el('input', { type: 'date', className: 'ledger-input', value: value || '' }); }

  /* A list of boxes to tick; the ones below a ticked one count with it. */
  function ticks(title, options, chosen, changed) {
    var boxes = options.map(function (each) {
      var box = el('input', { type: 'checkbox', value: each.value, checked: chosen.indexOf(each.value) >= 0 });
      var line = el('label', { className: 'budget-check' }, box, el('bdi', {}, each.text));
      line.style.setProperty('--depth', each.depth || 0);
      box.addEventListener('change', changed);
      return { box: box, line: line };
    });
    var node = el('fieldset', { className: 'ledger-checks' }, el('legend', {}, title),
      el('div', { className: 'ledger-check-list' }, boxes.map(function (each) { return each.line; })), el('p', { className: 'ledger-wrong' }));
    node.chosen = function () { return boxes.filter(function (each) { return each.box.checked; }).map(function (each) { return each.box.value; }); };
    return node;
  }

  function categories() {
    L.context = context;
    var kinds = {};
    context.categories.forEach(function (each) { kinds[each.id] = each.kind; });
    return L.categoryOptions().filter(function (each) { return kinds[each.value] === 'expense' || kinds[each.value] === 'saving'; });
  }

  /* ---- The form ---- */

  function open(budget, etag) {
    var fresh = !budget, start = budget || {
      name: '', category_ids: [], account_ids: [], currency: context.currency, amount: '', rule: { type: 'monthly', day: context.month_start },
      rollover: { policy: 'reset', cap: null }, thresholds: { levels: [0.8, 0.9, 1] }
    };
    var box = L.dialog('window', fresh ? t('New budget') : t('Edit budget'), 'budget'), timer = null, asked = 0, tried = false;
    var rule = start.rule, digits = places(start.currency);
    var name = text(start.name, { maxLength: 200, required: true });
    var covered = ticks(t('Categories'), categories(), start.category_ids, later);
    var accounts = ticks(t('Only in these accounts (none: in all)'), context.accounts.filter(function (each) {
      return !each.closed_on || start.account_ids.indexOf(each.id) >= 0;
    }).map(function (each) { return { value: each.id, text: each.name }; }), start.account_ids, later);
    var amount = text(start.amount, { inputMode: 'decimal', className: 'ledger-input ledger-figure' });
    var currency = text(start.currency, { maxLength: 3, autocapitalize: 'characters' });
    var type = choice(TYPES, rule.type);
    var weekday = choice(DAYS.map(function (each, index) { return [String(index + 1), each]; }), String(rule.weekday || 1));
    var days = [];
    for (var date = 1; date <= 28; date += 1) { days.push([String(date), String(date)]); }
    var monthday = choice(days.concat([['last', t('The last day (payday)')]]), String(rule.day || context.month_start));
    var starts = day(rule.starts_on), ends = day(rule.ends_on), effective = day('');
    var policy = choice(POLICIES, start.rollover.policy), cap = text(start.rollover.cap, { inputMode: 'decimal', className: 'ledger-input ledger-figure', placeholder: t('No cap') });
    var levels = text(start.thresholds.levels.map(function (each) { return Math.round(each * 1000) / 10; }).join(', '));
    var shown = {
      name: L.field(t('Name'), name), amount: L.field(t('Amount a period'), amount), currency: L.field(t('Currency'), currency),
      effective_from: L.field(t('New amount counts from'), effective, t('Empty: from the current period. Past periods keep theirs.')),
      type: L.field(t('Period'), type), weekday: L.field(t('Begins on'), weekday), day: L.field(t('Begins on day'), monthday),
      starts_on: L.field(t('First day'), starts, fresh ? t('Empty: the current period is the first.') : ''), ends_on: L.field(t('Last day'), ends), policy: L.field(t('What rolls over'), policy),
      cap: L.field(t('At most'), cap), levels: L.field(t('Alert at, in percent'), levels, t('Of the limit, with commas between: 80, 90, 100'))
    };
    var preview = el('div', { className: 'budget-try', 'aria-live': 'polite' }), wrong = el('div', {});
    var save = fd.button(fresh ? t('Add budget') : t('Save'), act, { className: 'button button-primary' });
    box.body.append(el('div', { className: 'ledger-form budget-form' }, shown.name, covered,
      el('div', { className: 'ledger-pair' }, shown.amount, shown.currency), fresh ? null : shown.effective_from,
      el('div', { className: 'ledger-pair' }, shown.type, shown.weekday, shown.day), el('div', { className: 'ledger-pair' }, shown.starts_on, shown.ends_on),
      shown.policy, el('div', { className: 'ledger-pair' }, shown.levels, shown.cap), context.accounts.length > 1 ? accounts : null, wrong), preview);
    box.foot.append(fd.button(t('Cancel'), function () { box.close(); }), save);
    box.body.addEventListener('input', later);
    box.body.addEventListener('keydown', function (event) { if (event.key === 'Enter' && event.target.tagName === 'INPUT' && event.target.type !== 'checkbox') { event.preventDefault(); act(); } });
    name.focus();
    later();

    function later() {
      var kind = type.value;
      shown.weekday.hidden = kind !== 'weekly';
      shown.day.hidden = kind !== 'monthly';
      shown.cap.hidden = policy.value === 'reset' || kind === 'fixed';
      shown.policy.hidden = kind === 'fixed';
      shown.ends_on.querySelector('label').textContent = kind === 'fixed' ? t('Last day') : t('Ends (empty: never)');
      if (tried) { read(true); }
      window.clearTimeout(timer);
      timer = window.setTimeout(look, WAIT_MS);
    }

    /* The budget that the form says; what is wrong stands beside its field. Null when something is. */
    function read(quiet) {
      var faults = {}, kind = type.value;
      digits = places(currency.value.trim().toUpperCase());
      function money(field, input) {
        var value = L.minor(input.value, digits);
        if (value === null || value < 0n) { faults[field] = t('Write an amount such as 400 or 49.90'); return null; }
        return L.decimal(value, digits);
      }
      var marks = levels.value.split(/[,;\s]+/).filter(Boolean).map(function (each) { return Math.round(Number(each.replace('%', '')) * 10) / 1000; });
      var body = {
        name: name.value.trim(), category_ids: covered.chosen(), account_ids: context.accounts.length > 1 ? accounts.chosen() : start.account_ids, currency: currency.value.trim().toUpperCase(),
        rule: { type: kind, weekday: kind === 'weekly' ? Number(weekday.value) : null, day: kind !== 'monthly' ? null : monthday.value === 'last' ? 'last' : Number(monthday.value), starts_on: starts.value || (fresh ? null : rule.starts_on), ends_on: ends.value || null },
        amount: money('amount', amount), rollover: { policy: kind === 'fixed' ? 'reset' : policy.value, cap: null }, thresholds: { levels: marks }
      };
      if (body.rollover.policy !== 'reset' && cap.value.trim()) { body.rollover.cap = money('cap', cap); }
      if (effective.value) { body.effective_from = effective.value; }
      if (!body.name) { faults.name = t('Give it a name'); }
      if (!body.category_ids.length) { faults.category_ids = t('Choose at least one category'); }
      if (kind === 'fixed' && !starts.value) { faults.starts_on = t('Choose the first day'); }
      if (kind === 'fixed' && !ends.value) { faults.ends_on = t('Choose the last day'); }
      if (!marks.length || marks.some(function (each) { return !(each > 0 && each <= 10); })) { faults.levels = t('Write percentages such as 80, 90, 100'); }
      if (!quiet || tried) { mark(faults, quiet); }
      return Object.keys(faults).length ? null : body;
    }

    function mark(faults, quiet) {
      Object.keys(shown).forEach(function (each) { L.wrong(shown[each], faults[each]); });
      covered.querySelector('.ledger-wrong').textContent = faults.category_ids || '';
      var first = Object.keys(faults)[0];
      if (first && !quiet) { (first === 'category_ids' ? covered : shown[first]).querySelector('input, select').focus(); }
    }

    function refuse(fault) {
      var faults = {};
      fault.errors.forEach(function (each) {
        var parts = (each.field || '').split('.'), field = parts.reverse().find(function (part) { return shown[part] || part === 'category_ids'; });
        field = field || { rule: 'type', rollover: 'cap', thresholds: 'levels' }[(each.field || '').split('.')[0]];
        if (field) { faults[field] = each.message; }
      });
      mark(faults);
      wrong.replaceChildren(fd.trouble(t('It was not saved'), Object.keys(faults).length ? { detail: fault.detail, errors: [] } : fault));
    }

    function look() {
      var body = read(true), mine = asked += 1;
      if (!body) { preview.replaceChildren(el('p', { className: 'ledger-hint' }, t('With a name, a category and an amount you see here what the budget would have been.'))); return; }
      if (!body.effective_from) { delete body.effective_from; }
      L.api('POST', PATH + '/preview', body).then(function (answer) {
        if (mine === asked) { preview.replaceChildren.apply(preview, drawn(answer.body)); }
      }, function (fault) {
        if (mine === asked) { preview.replaceChildren(el('p', { className: 'ledger-hint' }, told(fault))); }
      });
    }

    function act() {
      tried = true;
      var body = read(false);
      if (!body) { return; }
      save.disabled = true;
      wrong.replaceChildren();
      var sent = fresh ? L.api('POST', PATH, body) : L.api('PATCH', PATH + '/' + budget.id, changes(body), etag);
      sent.then(function (answer) {
        box.close();
        refresh();
        L.toast(fresh ? t('The budget {name} is there.', { name: answer.body.name }) : t('The budget {name} is saved.', { name: answer.body.name }));
        say(t('Saved'));
        if (fresh) { document.querySelector('main').focus({ preventScroll: true }); go('?id=' + answer.body.id); }
      }, function (fault) {
        save.disabled = false;
        if (fault.status === 412) {
          return L.api('GET', PATH + '/' + budget.id).then(function (answer) {
            etag = answer.etag;
            wrong.replaceChildren(fd.trouble(t('Somebody changed this budget meanwhile'), { detail: t('What you typed is still here. Save again to replace what they changed.'), errors: [] }));
          }, refuse);
        }
        refuse(fault);
        return null;
      });
    }

    /* Only what differs: an amount that stays is not planned anew. */
    function changes(body) {
      var found = {};
      Object.keys(body).forEach(function (each) {
        if (each === 'effective_from' || JSON.stringify(body[each]) !== JSON.stringify(budget[each])) { found[each] = body[each]; }
      });
      if (found.effective_from) { found.amount = body.amount; }
      return found;
    }
  }

  /* What the budget will be, and what it would have been. */
  function drawn(result) {
    var money = function (value) { return el('span', { className: 'money' }, L.money(value, result.currency, true)); };
    var parts = [el('h3', {}, t('The first periods')), el('ul', { className: 'budget-try-rows' }, result.coming.map(function (each) {
      return el('li', {}, el('span', { className: 'date' }, span(each.period)), el('span', {}), money(each.amount));
    }))];
    if (!result.coming.length) { parts[1] = el('p', { className: 'ledger-hint' }, t('It would have no period from today on.')); }
    if (!result.past.length) { return parts; }
    var most = Math.max.apply(null, result.past.map(function (each) { return Math.max(Number(each.spent), Number(each.limit)); })) || 1;
    var over = result.past.filter(function (each) { return each.over; }).length;
    parts.push(el('h3', {}, t('As it would have been: over the limit in {n} of {total}', { n: over, total: result.past.length })));
    parts.push(el('ul', { className: 'budget-try-rows' }, result.past.map(function (each) {
      var fill = el('i', { className: each.over ? 'over' : '' }), limit = el('b', {});
      fill.style.width = Math.max(0, Number(each.spent)) / most * 100 + '%';
      limit.style.left = Math.max(0, Number(each.limit)) / most * 100 + '%';
      return el('li', {}, el('span', { className: 'date' }, span(each.period)), el('span', { className: 'budget-try-bar', 'aria-hidden': 'true' }, fill, limit),
        el('span', {}, money(each.spent), el('span', { className: 'visually-hidden' }, ' ' + t('spent of {limit}', { limit: L.money(each.limit, result.currency, true) })), each.over ? el('span', { className: 'over' }, ' ', t('over')) : null));
    })));
    if (!result.complete) { parts.push(el('p', { className: 'ledger-hint' }, t('Some spending is left out: no exchange rate is known for it.'))); }
    return parts;
  }

  /* ---- Proposals ---- */

  function propose() {
    var box = place('proposals');
    if (!box || box.firstChild || !context.writes) { return; }
    L.api('GET', PATH + '/proposals').then(function (answer) {
      if (answer.body.data.length) { draw(box, answer.body); }
    }, function (fault) { box.replaceChildren(fd.trouble(t('No budgets could be proposed'), fault)); });
  }

  function draw(box, answer) {
    var digits = places(answer.currency), rows = answer.data.map(function (each) {
      var tick = el('input', { type: 'checkbox', checked: true, 'aria-label': t('Add a budget for {name}', { name: each.name }) });
      var amount = text(each.amount, { inputMode: 'decimal', className: 'ledger-input ledger-figure', 'aria-label': t('Amount a month for {name}', { name: each.name }) });
      var most = Math.max.apply(null, each.months.map(function (month) { return Number(month.spent); })) || 1;
      var spark = el('span', { className: 'budget-spark', 'aria-hidden': 'true', title: each.months.map(function (month) { return L.money(month.spent, answer.currency, true); }).join(', ') }, each.months.map(function (month) {
        var bar = el('i', {});
        bar.style.height = Math.max(0, Number(month.spent)) / most * 100 + '%';
        return bar;
      }));
      var line = el('li', {}, tick, el('span', { className: 'budget-who' }, el('bdi', { className: 'budget-name' }, each.name), el('span', { className: 'budget-about money-text' }, n('Median of {n} month: {amount}', 'Median of {n} months: {amount}', each.months.length, { amount: L.money(each.amount, answer.currency, true) }))), spark, amount);
      return { each: each, tick: tick, amount: amount, line: line };
    });
    var wrong = el('div', {}), add = fd.button('', act, { className: 'button button-primary' });
    function count() {
      var chosen = rows.filter(function (row) { return row.tick.checked && !row.done; }).length;
      add.replaceChildren(n('Add {n} budget', 'Add {n} budgets', chosen));
      add.disabled = !chosen;
    }
    rows.forEach(function (row) { row.tick.addEventListener('change', count); });
    box.replaceChildren(el('h3', { className: 'visually-hidden' }, t('Proposed budgets')), el('ul', { className: 'budget-proposals' }, rows.map(function (row) { return row.line; })), wrong,
      el('div', { className: 'budget-proposals-foot' }, el('span', { className: 'ledger-hint' }, t('Proposed from what you spent in the last six whole months. Change any amount.')), add));
    count();

    /* One after the other; what is stored stays, what is refused can be put right. */
    function act() {
      add.disabled = true;
      rows.filter(function (row) { return row.tick.checked && !row.done; }).reduce(function (before, row) {
        return before.then(function () {
          var value = L.minor(row.amount.value, digits);
          row.amount.removeAttribute('aria-invalid');
          if (value === null || value < 0n) { row.amount.setAttribute('aria-invalid', 'true'); row.amount.focus(); throw { detail: t('Write an amount such as 400 or 49.90 for {name}.', { name: row.each.name }), errors: [] }; }
          return L.api('POST', PATH, { name: row.each.name, category_ids: [row.each.category_id], amount: L.decimal(value, digits) }).then(function () { row.done = true; });
        });
      }, Promise.resolve()).then(function () { L.toast(t('The budgets are there.')); refresh(); }, function (fault) { wrong.replaceChildren(fd.trouble(t('Not all were added'), fault)); count(); });
    }
  }

  /* ---- Buttons ---- */

  function edit(own) {
    L.api('GET', PATH + '/' + own).then(function (answer) { open(answer.body, answer.etag); }, function (fault) { L.toast(told(fault)); });
  }

  function remove(own) {
    L.api('GET', PATH + '/' + own).then(function (answer) {
      var box = L.dialog('window', t('Delete the budget {name}?', { name: answer.body.name }), 'delete-budget');
      var sure = fd.button([fd.icon('trash'), t('Delete')], function () {
        sure.disabled = true;
        L.api('DELETE', PATH + '/' + own, undefined, answer.etag).then(function () {
          box.close();
          go('');
          L.toast(t('The budget {name} is deleted.', { name: answer.body.name }));
        }, function (fault) { sure.disabled = false; box.body.append(fd.trouble(t('It was not deleted'), fault)); });
      }, { className: 'button button-danger' });
      box.body.append(el('p', {}, t('Its history and its alerts go with it. Your transactions and categories stay as they are.')));
      box.foot.append(fd.button(t('Cancel'), function () { box.close(); }), sure);
      sure.focus();
    }, function (fault) { L.toast(told(fault)); });
  }

  function seen(own, button) {
    button.disabled = true;
    L.api('PATCH', '/financial/alerts/' + own, { acknowledged: true }).then(function () {
      refresh();
      L.toast(t('Marked as seen.'), function () { return L.api('PATCH', '/financial/alerts/' + own, { acknowledged: false }).then(function () { refresh(); return t('It is open again.'); }); });
    }, function (fault) { button.disabled = false; L.toast(told(fault)); });
  }

  document.addEventListener('click', function (event) {
    var button = event.target.closest('[data-budget]');
    if (!button || !context) { return; }
    var what = button.getAttribute('data-budget'), own = button.getAttribute('data-own');
    if (what === 'new') { open(null, null); }
    if (what === 'edit') { edit(own); }
    if (what === 'delete') { remove(own); }
    if (what === 'seen') { seen(own, button); }
  });

  function start(given) {
    if (!given || !document.getElementById('budgets')) { return null; }
    context = given;
    fd.locale = given.locale;
    window.setTimeout(propose, 0);
    return true;
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside);
  window.dash_clientside.fd = Object.assign({}, window.dash_clientside.fd, { openBudgets: start });
})();
