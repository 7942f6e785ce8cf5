/* Rules: in their order, tried out before they are applied, and taken back. */
(function () {
  'use strict';
  var fd = window.fdImport, L = window.fdLedger, C = window.fdCategories, el = fd.el, t = window.fd.t, n = fd.n;
  var PATH = '/financial/rules';
  var TEXT = ['contains', 'is', 'is_not', 'starts_with', 'ends_with', 'one_of', 'matches'], RANGE = ['is', 'is_not', 'greater', 'less', 'between', 'one_of'], EXACT = ['is', 'is_not', 'one_of'];
  var FIELDS = {
    payee: [t('Payee'), TEXT], purpose: [t('Purpose'), TEXT], counterparty: [t('Counterparty'), TEXT], reference: [t('Reference'), TEXT], note: [t('Note'), TEXT],
    amount: [t('Amount'), RANGE], absolute_amount: [t('Amount without its sign'), RANGE], booked_on: [t('Day'), RANGE], weekday: [t('Weekday'), EXACT], account_id: [t('Account'), EXACT], category_id: [t('Category'), EXACT], mcc: [t('Merchant code'), EXACT]
  };
  var OPERATORS = { contains: t('contains'), is: t('is'), is_not: t('is not'), starts_with: t('starts with'), ends_with: t('ends with'), one_of: t('is one of'), matches: t('matches the pattern'), greater: t('is more than'), less: t('is less than'), between: t('is between') };
  var ACTIONS = { set_category: t('Set the category'), set_payee: t('Rename the payee'), add_tags: t('Add tags'), set_note: t('Set the note'), set_transfer: t('Mark as a transfer'), split: t('Split'), stop: t('Ask no further rule') };
  var DAYS = [t('Monday'), t('Tuesday'), t('Wednesday'), t('Thursday'), t('Friday'), t('Saturday'), t('Sunday')];
  var rules = [], begun = null;

  /* ---- In words ---- */

  function value(field, given) {
    return [].concat(given).map(function (each) {
      if (field === 'account_id') { return account(each); }
      if (field === 'category_id') { return each === 'none' ? t('none') : C.nameOf(each); }
      if (field === 'weekday') { return DAYS[each - 1]; }
      if (field === 'booked_on') { return L.shortDay(each); }
      if (/amount/.test(field)) { return each.replace('-', '\u2212'); }
      return each;
    });
  }

  function account(id) {
    var found = C.context.accounts.filter(function (each) { return each.id === id; })[0];
    return found ? found.name : t('an account that is gone');
  }

  function strong(text) { return el('bdi', { className: 'strong' }, text); }

  function conditionWords(each) {
    var values = value(each.field, each.value), joined = each.operator === 'between' ? ' ' + t('and') + ' ' : ', ';
    return [fd.small(FIELDS[each.field][0]), ' ', OPERATORS[each.operator], ' ', values.map(function (text, index) { return [index ? joined : '', strong(String(text))]; })];
  }

  function actionWords(each) {
    if (each.type === 'set_category') { return [t('category'), ' ', strong(C.nameOf(each.category_id))]; }
    if (each.type === 'set_payee') { return [t('payee'), ' ', strong(each.payee)]; }
    if (each.type === 'add_tags') { return [t('tags'), ' ', strong(each.tags.join(', '))]; }
    if (each.type === 'set_note') { return [t('note'), ' ', strong(each.note)]; }
    if (each.type === 'set_transfer') { return [t('a transfer'), each.account_id ? [' ', t('with'), ' ', strong(account(each.account_id))] : '', each.category_id ? [', ', t('category'), ' ', strong(C.nameOf(each.category_id))] : '']; }
    if (each.type === 'split') { return [t('split:'), ' ', each.parts.map(function (part, index) { return [index ? ', ' : '', share(part) || t('the rest'), ' ', strong(part.category_id ? C.nameOf(part.category_id) : t('uncategorised'))]; })]; }
    return [t('no further rule')];
  }

  function share(part) { return part.percent ? part.percent + '%' : part.amount || ''; }

  function words(rule) {
    var joint = ' ' + (rule.match === 'any' ? t('or') : t('and')) + ' ';
    return el('span', { className: 'rule-words' }, el('span', {}, t('When'), ' ', rule.conditions.map(function (each, index) { return [index ? joint : '', conditionWords(each)]; })),
      el('span', { className: 'rule-then' }, fd.icon('chevron-right'), el('span', {}, rule.actions.map(function (each, index) { return [index ? ', ' : '', actionWords(each)]; }))));
  }

  function plain(rule) { return words(rule).textContent; }

  /* ---- The list ---- */

  C.parts.rules = function (box) {
    return Promise.all([C.all(PATH), L.api('GET', PATH + '/runs?limit=20').then(function (answer) { return answer.body.data; })]).then(function (found) {
      var key = JSON.stringify([found, C.context.writes, C.context.accounts, C.context.categories]);
      rules = found[0];
      if (box.drawn !== key) { draw(box, found[1]); }
      box.drawn = key;
      var wanted = C.context.rule, same = JSON.stringify(wanted);
      if (wanted && C.context.writes && begun !== same) {
        begun = same;
        form(null, null, wanted);
      }
    });
  };

  function draw(box, runs) {
    var writes = C.context.writes, active = rules.filter(function (rule) { return rule.enabled; });
    var head = el('div', { className: 'cats-head' }, el('div', {}, el('h2', {}, t('Rules')), el('p', { className: 'sentence' }, rules.length ? t('Asked from the top down, for each new transaction. You can try any of them on what is booked.') : t('A rule files transactions by itself: when the payee contains Tram, the category is Transport.'))),
      writes ? el('div', { className: 'cats-actions' }, active.length ? fd.button(t('Try all'), function () { tryOut(t('All rules'), {}); }) : null, fd.button([fd.icon('plus'), t('New rule')], function () { form(null, null, {}); }, { className: 'button button-primary' })) : null);
    var list = el('ol', { className: 'rule-list' }, rules.map(row));
    box.replaceChildren(el('section', { className: 'panel' }, head, rules.length ? list : null), runs.length ? runPanel(box, runs) : '');
  }

  function row(rule, index) {
    var item = el('li', { className: 'rule-row' + (rule.enabled ? '' : ' is-off') });
    item.setAttribute('data-rule', rule.id);
    item.append(el('span', { className: 'rule-place' }, fd.number(index + 1)), words(rule));
    if (!C.context.writes) { return item; }
    var up = fd.button(fd.icon('chevron-up'), function () { move(rule, index, -1); }, { className: 'ledger-cross', 'aria-label': t('Move up: {rule}', { rule: plain(rule) }), disabled: index === 0 });
    var down = fd.button(fd.icon('chevron-down'), function () { move(rule, index, 1); }, { className: 'ledger-cross', 'aria-label': t('Move down: {rule}', { rule: plain(rule) }), disabled: index === rules.length - 1 });
    var on = el('input', { type: 'checkbox', checked: rule.enabled, 'aria-label': t('On: {rule}', { rule: plain(rule) }) });
    on.addEventListener('change', function () { patch(rule, { enabled: on.checked }, on.checked ? t('The rule is on.') : t('The rule is off.')); });
    item.append(el('span', { className: 'rule-tools' }, el('label', { className: 'rule-on' }, on, el('span', { 'aria-hidden': 'true' }, t('On'))), up, down,
      fd.button(t('Try'), function () { tryOut(t('This rule'), { rule_ids: [rule.id] }); }, { 'aria-label': t('Try: {rule}', { rule: plain(rule) }) }),
      fd.button(fd.icon('pencil'), function () { edit(rule.id); }, { className: 'ledger-cross', 'aria-label': t('Edit: {rule}', { rule: plain(rule) }) })));
    item.addEventListener('keydown', function (event) {
      if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
        event.preventDefault();
        move(rule, index, event.key === 'ArrowUp' ? -1 : 1);
      }
    });
    return item;
  }

  function move(rule, index, by) {
    var to = index + by;
    if (to < 0 || to >= rules.length) { return; }
    L.api('PATCH', PATH + '/' + rule.id, { position: to + 1 }).then(function () {
      C.say(t('Moved to place {n} of {total}', { n: to + 1, total: rules.length }));
      C.again(function () {
        var buttons = document.querySelectorAll('[data-rule="' + rule.id + '"] .ledger-cross'), same = buttons[by < 0 ? 0 : 1], other = buttons[by < 0 ? 1 : 0];
        if (same && !same.disabled) { same.focus(); } else if (other) { other.focus(); }
      });
    }, function (fault) { L.toast(t('It was not moved: {reason}', { reason: C.told(fault) })); C.anew(); });
  }

  function patch(rule, changes, said) {
    L.api('PATCH', PATH + '/' + rule.id, changes).then(function () { L.toast(said); C.again(); }, function (fault) { L.toast(t('That was not saved: {reason}', { reason: C.told(fault) })); C.anew(); });
  }

  function runPanel(box, runs) {
    return el('section', { className: 'panel' }, el('div', { className: 'panel-title' }, el('h2', {}, t('Applied')), el('p', { className: 'period' }, t('what can be taken back'))), fd.lines(box, 'rule-runs', runs, runLine));
  }

  function runLine(run) {
    var what = t('{rules} changed {transactions}', { rules: n('{n} rule', '{n} rules', run.rule_ids.length), transactions: n('{n} transaction', '{n} transactions', run.changed) });
    return el('li', {}, el('span', {}, what, el('span', { className: 'budget-about' }, fd.moment(run.created_at))), C.context.writes ? fd.confirmed(t('Undo'), t('Take it back?'), t('Take back'), function (close) {
      undo(run.id).then(function (said) { L.toast(said); }, function (fault) { close(); L.toast(t('It was not taken back: {reason}', { reason: C.told(fault) })); });
    }, t('Undo: {what}', { what: what })) : null);
  }

  function undo(id) {
    return L.api('DELETE', PATH + '/runs/' + id).then(function () { C.refresh(); C.again(); return t('Taken back. What somebody changed since stays.'); });
  }

  /* ---- Trying and applying ---- */

  function shown(name, given) {
    if (name === 'category_id') { return given ? C.nameOf(given) : t('Uncategorised'); }
    if (Array.isArray(given)) { return given.map(function (each) { return typeof each === 'string' ? each : (each.amount + ' ' + (each.category_id ? C.nameOf(each.category_id) : '')).trim(); }).join(', ') || t('none'); }
    if (given === null || given === undefined || given === '') { return t('nothing'); }
    return typeof given === 'object' ? JSON.stringify(given) : String(given);
  }

  function result(found) {
    var rest = found.changed - found.data.length;
    return el('div', {}, el('p', { className: 'strong' }, found.changed ? n('{n} transaction would change.', '{n} transactions would change.', found.changed) : t('Nothing would change.'), ' ',
      el('span', { className: 'quiet' }, t('{n} of {total} match.', { n: fd.number(found.matched), total: fd.number(found.checked) }))),
    el('ul', { className: 'ledger-lines' }, found.data.map(function (line) {
      return el('li', {}, el('span', { className: 'ledger-line-who' }, el('bdi', { className: 'ledger-who' }, line.payee || t('No payee')), el('span', { className: 'ledger-why' }, L.shortDay(line.booked_on))),
        el('span', { className: 'money' }, L.money(line.amount, line.currency)), el('span', { className: 'ledger-turn' }, Object.keys(line.after).map(function (name) {
          return el('span', {}, el('del', {}, el('bdi', {}, shown(name, line.before[name]))), ' \u2192 ', el('ins', {}, el('bdi', {}, shown(name, line.after[name]))));
        })));
    })), rest > 0 ? el('p', { className: 'ledger-hint' }, t('and {n} more', { n: fd.number(rest) })) : null);
  }

  function tryOut(title, scope) {
    var box = L.dialog('window', t('{rules}: what would change', { rules: title }), 'try'), loose = el('input', { type: 'checkbox', checked: true });
    var first = el('input', { type: 'date', className: 'ledger-input' }), preview = el('div', { className: 'ledger-preview', role: 'status' });
    var apply = fd.button(t('Apply'), act, { className: 'button button-primary' }), asked = 0;
    box.body.append(el('div', { className: 'ledger-form' }, el('label', { className: 'ledger-tick' }, loose, t('Only transactions without a category')), L.field(t('Booked from'), first, t('Empty: all that is booked'))), preview);
    box.foot.append(fd.button(t('Cancel'), function () { box.close(); }), apply);
    loose.addEventListener('change', look);
    first.addEventListener('change', look);
    look();

    function wanted() {
      var body = Object.assign({ only_uncategorised: loose.checked }, scope);
      if (first.value) { body.from = first.value; }
      return body;
    }
    function look() {
      var mine = asked += 1;
      apply.disabled = true;
      L.api('POST', PATH + '/preview', wanted()).then(function (answer) {
        if (mine !== asked) { return; }
        preview.replaceChildren(result(answer.body));
        if (loose.checked && !answer.body.changed) { preview.append(el('p', { className: 'ledger-hint' }, t('Transactions that have a category are left out.'))); }
        apply.disabled = !answer.body.changed;
        apply.textContent = answer.body.changed ? t('Change {n}', { n: fd.number(answer.body.changed) }) : t('Apply');
      }, function (fault) { if (mine === asked) { preview.replaceChildren(fd.trouble(t('It could not be tried'), fault)); } });
    }
    function act() {
      apply.disabled = true;
      L.api('POST', PATH + '/apply', wanted()).then(function (answer) {
        box.close();
        C.refresh();
        C.again();
        L.toast(n('{n} transaction changed.', '{n} transactions changed.', answer.body.changed), answer.body.changed ? function () { return undo(answer.body.id); } : null);
      }, C.refused(box, apply, t('Nothing was changed')));
    }
  }

  /* ---- The editor ---- */

  function edit(id) {
    L.api('GET', PATH + '/' + id).then(function (answer) { form(answer.body, answer.etag, {}); }, function (fault) { L.toast(C.told(fault)); C.again(); });
  }

  function form(rule, etag, wanted) {
    var start = rule || {
      match: 'all', enabled: true, conditions: [{ field: 'payee', operator: 'contains', value: wanted.payee || '' }], actions: [{ type: 'set_category', category_id: wanted.category_id || '' }]
    };
    var box = L.dialog('window', rule ? t('Edit rule') : t('New rule'), 'rule'), conditions = [], actions = [];
    var match = C.choice([['all', t('all of these')], ['any', t('any of these')]], start.match, t('How many conditions must be met'));
    var whens = el('div', { className: 'rule-parts' }), thens = el('div', { className: 'rule-parts' }), preview = el('div', { className: 'ledger-preview', role: 'status' });
    var save = fd.button(rule ? t('Save') : t('Add rule'), act, { className: 'button button-primary' });
    box.body.append(el('div', { className: 'ledger-form' }, el('div', { className: 'rule-head' }, el('h3', {}, t('When')), match), whens,
      fd.button([fd.icon('plus'), t('Condition')], function () { addCondition({ field: 'payee', operator: 'contains', value: '' }).focus(); }, { className: 'button rule-more' }),
      el('h3', {}, t('Then')), thens, fd.button([fd.icon('plus'), t('Action')], function () { addAction({ type: next() }).focus(); }, { className: 'button rule-more' })), preview);
    if (rule) { box.foot.append(fd.button([fd.icon('trash'), t('Delete')], remove, { className: 'button ledger-danger' })); }
    box.foot.append(fd.button(t('Try it'), look), save);
    start.conditions.forEach(addCondition);
    start.actions.forEach(addAction);
    var first = whens.querySelector('.rule-value input');
    if (first) { first.focus(); }

    function line(parts, list, entry, label) {
      var wrong = el('p', { className: 'ledger-wrong' });
      var cross = fd.button(fd.icon('x'), function () {
        if (list.length === 1) { L.toast(t('A rule needs at least one.')); return; }
        list.splice(list.indexOf(entry), 1);
        entry.node.remove();
      }, { className: 'ledger-cross', 'aria-label': label });
      entry.node = el('div', { className: 'rule-part' }, parts, cross, wrong);
      entry.wrong = wrong;
      list.push(entry);
      return entry.node;
    }

    function addCondition(given) {
      var entry = {}, field = C.choice(Object.keys(FIELDS).map(function (each) { return [each, FIELDS[each][0]]; }), given.field, t('What is looked at'));
      var operator = C.choice([], '', t('How it is compared')), slot = el('div', { className: 'rule-value' });
      field.addEventListener('change', function () { operators(); values(''); });
      operator.addEventListener('change', function () { values(entry.read ? entry.raw() : ''); });
      whens.append(line([field, operator, slot], conditions, entry, t('Remove this condition')));
      operators(given.operator);
      values(given.value);
      entry.read = function () { return { field: field.value, operator: operator.value, value: entry.value() }; };
      return field;

      function operators(chosen) {
        var known = FIELDS[field.value][1];
        operator.replaceChildren.apply(operator, known.map(function (each) { return el('option', { value: each }, OPERATORS[each]); }));
        operator.value = known.indexOf(chosen) >= 0 ? chosen : known[0];
      }
      function values(now) { slot.replaceChildren.apply(slot, inputs(entry, field.value, operator.value, now)); }
    }

    /* The inputs for a value, and in `entry` the way to read it. */
    function inputs(entry, field, operator, now) {
      var list = Array.isArray(now) ? now : now === '' || now === undefined ? [] : [now];
      var many = operator === 'one_of';
      if (field === 'account_id' || field === 'category_id' || field === 'weekday') {
        var options = field === 'weekday' ? DAYS.map(function (each, index) { return [String(index + 1), each]; })
          : field === 'account_id' ? C.context.accounts.map(function (each) { return [each.id, each.name]; })
            : [['none', t('No category')]].concat(L.categoryOptions().map(function (each) { return [each.value, '\u2003'.repeat(each.depth) + each.text]; }));
        var select = C.choice(options, String(list.length ? list[0] : options.length ? options[0][0] : ''), t('Value'));
        if (many) {
          select.multiple = true;
          select.size = Math.min(5, options.length);
          Array.from(select.options).forEach(function (each) { each.selected = list.map(String).indexOf(each.value) >= 0; });
        }
        entry.raw = function () { return Array.from(select.selectedOptions).map(function (each) { return each.value; }); };
        entry.value = function () {
          var found = entry.raw().map(function (each) { return field === 'weekday' ? Number(each) : each; });
          return many ? found : found[0];
        };
        return [select];
      }
      var kind = field === 'booked_on' ? 'date' : 'text', mode = /amount/.test(field) ? 'decimal' : 'text';
      function input(text, label) { return el('input', { type: many ? 'text' : kind, inputMode: mode, className: 'ledger-input', value: text || '', maxLength: 2000, 'aria-label': label, placeholder: many ? t('With commas between') : '' }); }
      var one = input(many ? list.join(', ') : String(list.length ? list[0] : ''), operator === 'between' ? t('Lowest') : t('Value')), two = operator === 'between' ? input(list[1], t('Highest')) : null;
      entry.raw = function () { return many ? one.value.split(',').map(function (each) { return each.trim(); }).filter(Boolean) : two ? [one.value.trim(), two.value.trim()] : one.value.trim(); };
      entry.value = function () {
        var raw = entry.raw();
        return mode !== 'decimal' ? raw : Array.isArray(raw) ? raw.map(exact) : exact(raw);
      };
      return two ? [one, el('span', { className: 'quiet' }, t('and')), two] : [one];
    }

    function exact(text) {
      var found = L.minor(text, 2);
      return found === null ? text : L.decimal(found, 2);
    }

    function next() {
      var taken = actions.map(function (each) { return each.read().type; });
      return Object.keys(ACTIONS).filter(function (each) { return taken.indexOf(each) < 0; })[0] || 'stop';
    }

    function addAction(given) {
      var entry = {}, type = C.choice(Object.keys(ACTIONS).map(function (each) { return [each, ACTIONS[each]]; }), given.type, t('What is done')), slot = el('div', { className: 'rule-value' });
      type.addEventListener('change', function () { fill({ type: type.value }); });
      thens.append(line([type, slot], actions, entry, t('Remove this action')));
      fill(given);
      return type;

      function category(id, label, empty, pick) { return L.categoryCombo(label, id || '', pick, { options: empty ? [{ value: '', text: empty }] : [] }); }
      function text(value, label, placeholder) { return el('input', { type: 'text', className: 'ledger-input', value: value || '', 'aria-label': label, placeholder: placeholder || '', maxLength: 2000 }); }
      function fill(now) {
        var kind = type.value, chosen = now.category_id || '', box, parts;
        entry.read = function () { return { type: kind }; };
        if (kind === 'set_category') {
          slot.replaceChildren(category(chosen, t('Category'), '', function (id) { chosen = id; }));
          entry.read = function () { return { type: kind, category_id: chosen }; };
        } else if (kind === 'set_payee' || kind === 'set_note') {
          box = text(kind === 'set_payee' ? now.payee : now.note, kind === 'set_payee' ? t('Payee') : t('Note'));
          slot.replaceChildren(box);
          entry.read = function () { return kind === 'set_payee' ? { type: kind, payee: box.value.trim() } : { type: kind, note: box.value.trim() }; };
        } else if (kind === 'add_tags') {
          var names = now.tags || [];
          slot.replaceChildren(L.tagField(t('Tags'), names, function (next) { names = next; }));
          entry.read = function () { return { type: kind, tags: names }; };
        } else if (kind === 'set_transfer') {
          var other = C.choice([['', t('With an account found by the bank’s data')]].concat(C.context.accounts.map(function (each) { return [each.id, t('With {name}', { name: each.name })]; })), now.account_id || '', t('The other account'));
          slot.replaceChildren(other);
          entry.read = function () { return Object.assign({ type: kind }, other.value ? { account_id: other.value } : {}, now.category_id ? { category_id: now.category_id } : {}); };
        } else if (kind === 'split') {
          parts = (now.parts || [{ percent: '50', category_id: null }, { category_id: null }]).map(function (part) { return Object.assign({}, part); });
          drawParts();
          entry.read = function () { return { type: kind, parts: parts.map(partOf) }; };
        } else { slot.replaceChildren(); }

        function partOf(part, index) {
          var found = { category_id: part.category_id || null, note: part.note || null }, words = part.text === undefined ? share(part) : part.text;
          if (words && index < parts.length - 1) { if (/%\s*$/.test(words)) { found.percent = words.replace('%', '').trim(); } else { found.amount = exact(words); } } else if (words && /%/.test(words)) { found.percent = words.replace('%', '').trim(); }
          return found;
        }
        function drawParts() {
          slot.replaceChildren(el('div', { className: 'rule-split' }, parts.map(function (part, index) {
            var last = index === parts.length - 1, how = text(part.text === undefined ? share(part) : part.text, last ? t('Last part: the rest') : t('Share: 50% or an amount'), last ? t('the rest') : '50% or 12.50');
            how.addEventListener('input', function () { part.text = how.value.trim(); });
            return el('div', {}, how, category(part.category_id, t('Category of part {number}', { number: index + 1 }), t('No category'), function (id) { part.category_id = id || null; }), fd.button(fd.icon('x'), function () { if (parts.length > 2) { parts.splice(index, 1); drawParts(); } }, { className: 'ledger-cross', 'aria-label': t('Remove part {number}', { number: index + 1 }), disabled: parts.length < 3 }));
          }), fd.button([fd.icon('plus'), t('Part')], function () { parts.splice(parts.length - 1, 0, { text: '', category_id: null }); drawParts(); }, { className: 'button rule-more' })));
        }
      }
    }

    function read() { return { match: match.value, conditions: conditions.map(function (each) { return each.read(); }), actions: actions.map(function (each) { return each.read(); }) }; }

    /* What is wrong stands beside the part it is about. */
    function refuse(title, button) {
      return function (fault) {
        conditions.concat(actions).forEach(function (each) { each.wrong.textContent = ''; });
        var rest = fault.errors.filter(function (each) {
          var found = /(?:^|\.)(conditions|actions)\.(\d+)/.exec(each.field || ''), list = found && (found[1] === 'conditions' ? conditions : actions);
          if (list && list[found[2]]) { list[found[2]].wrong.textContent = each.message; return false; }
          return true;
        });
        if (fault.status === 412) { C.refused(box, button, title)(fault); return; }
        button.disabled = false;
        preview.replaceChildren(fd.trouble(title, { detail: fault.detail, errors: rest }));
      };
    }

    function look() {
      L.api('POST', PATH + '/preview', { rule: read() }).then(function (answer) { preview.replaceChildren(result(answer.body)); preview.scrollIntoView({ block: 'nearest' }); }, refuse(t('It could not be tried'), save));
    }

    function act() {
      save.disabled = true;
      var body = read();
      (rule ? L.api('PATCH', PATH + '/' + rule.id, body, etag) : L.api('POST', PATH, body)).then(function (answer) {
        box.close();
        C.again();
        L.toast(rule ? t('The rule is saved.') : t('The rule is there. It files what comes from now on.'));
        if (!rule) { tryOut(t('The new rule'), { rule_ids: [answer.body.id] }); }
      }, refuse(t('It was not saved'), save));
    }

    function remove() {
      L.api('DELETE', PATH + '/' + rule.id, undefined, etag).then(function () {
        box.close();
        C.again();
        L.toast(t('The rule is deleted. What it filed stays.'), function () {
          return L.api('POST', PATH, { match: rule.match, conditions: rule.conditions, actions: rule.actions, enabled: rule.enabled, position: rule.position }).then(function () { C.again(); return t('The rule is there again.'); });
        });
      }, refuse(t('It was not deleted'), save));
    }
  }
})();
