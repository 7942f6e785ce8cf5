/* The accounts page in the browser: small lines of balances, the form of an account, closing, deleting. */
(function () {
  'use strict';
  var fd = window.fdImport, L = window.fdLedger, el = fd.el, told = fd.told, t = window.fd.t;
  var PATH = '/financial/accounts', SVG = 'http://www.w3.org/2000/svg';
  var TYPES = [['checking', t('Checking')], ['savings', t('Savings account')], ['cash', t('Cash')], ['credit_card', t('Credit card')], ['loan', t('Loan')], ['mortgage', t('Mortgage')],
    ['investment', t('Investment')], ['property', t('Property')], ['other_asset', t('Other asset')], ['other_liability', t('Other debt')]];
  var A = window.fdAccounts = { context: null };

  function one(id) { return PATH + '/' + encodeURIComponent(id); }
  function go(search) { window.dash_clientside.set_props('url', { search: search }); }

  function refresh() { L.changed('account'); }

  function say(words) {
    var place = document.getElementById('accounts-said');
    if (place) { place.textContent = words; }
  }

  function places(currency) {
    try { return new Intl.NumberFormat('en', { style: 'currency', currency: currency }).resolvedOptions().maximumFractionDigits; } catch (error) { return 2; }
  }

  /* "12 Nov", with the year where it is another one. */
  function when(text) {
    var options = { day: 'numeric', month: 'short', timeZone: 'UTC' };
    if (text.slice(0, 4) !== A.context.today.slice(0, 4)) { options.year = 'numeric'; }
    try { return new Intl.DateTimeFormat(fd.locale, options).format(new Date(text + 'T00:00Z')); } catch (error) { return text; }
  }

  /* ---- Small lines ---- */

  function draw(node) {
    var values = node.getAttribute('data-spark').split(',').map(Number), last = values.length - 1;
    if (node.drawn === node.getAttribute('data-spark') || last < 1) { return; }
    var svg = document.createElementNS(SVG, 'svg'), line = document.createElementNS(SVG, 'polyline');
    svg.setAttribute('viewBox', '0 0 ' + last + ' 100');
    svg.setAttribute('preserveAspectRatio', 'none');
    line.setAttribute('points', values.map(function (value, place) { return place + ',' + (96 - value * 0.92); }).join(' '));
    line.setAttribute('vector-effect', 'non-scaling-stroke');
    svg.append(line);
    node.replaceChildren(svg);
    node.drawn = node.getAttribute('data-spark');
  }

  function drawAll() { document.querySelectorAll('#accounts-list [data-spark]').forEach(draw); }

  /* ---- The form of an account ---- */

  function text(value, options) { return el('input', Object.assign({ type: 'text', className: 'ledger-input', value: value || '' }, options)); }
  function day(value) { return el('input', { type: 'date', className: 'ledger-input', value: value || '', min: '1900-01-01', max: '2999-12-31' }); }
  function choice(options, value) {
    var node = el('select', { className: 'ledger-input' }, options.map(function (each) { return el('option', { value: each[0] }, each[1]); }));
    node.value = value;
    return node;
  }

  function fields(account) {
    var inputs = {
      name: text(account.name, { maxLength: 200, autocomplete: 'off' }),
      type: choice(TYPES, account.type || 'checking'),
      currency: text(account.currency || A.context.currency, { maxLength: 3, autocapitalize: 'characters', spellcheck: false }),
      institution: text(account.institution, { maxLength: 200 }),
      identifier: text(account.identifier, { maxLength: 200, spellcheck: false }),
      opening_balance: text(account.opening_balance, { inputMode: 'decimal' }),
      opening_on: day(account.opening_on),
      opened_on: day(account.opened_on)
    };
    var counts = el('input', { type: 'checkbox', checked: account.in_net_worth !== false });
    var boxes = {
      name: L.field(t('Name'), inputs.name), type: L.field(t('Kind'), inputs.type), currency: L.field(t('Currency'), inputs.currency, t('Three letters, such as EUR')),
      institution: L.field(t('Bank'), inputs.institution), identifier: L.field(t('IBAN or number'), inputs.identifier, t('Statements with it find this account')),
      opening_balance: L.field(t('Opening balance'), inputs.opening_balance, t('A debt is negative')), opening_on: L.field(t('At the start of'), inputs.opening_on),
      opened_on: L.field(t('In net worth since'), inputs.opened_on, t('Empty: since its first booking'))
    };
    var pair = function (left, right) { return el('div', { className: 'ledger-pair' }, boxes[left], boxes[right]); };
    var tick = el('label', { className: 'ledger-tick' }, counts, t('Counts in net worth'));
    var node = el('div', {}, boxes.name, pair('type', 'currency'), pair('institution', 'identifier'), pair('opening_balance', 'opening_on'), boxes.opened_on, tick);
    node.className = 'account-form';
    function read() {
      var found = { in_net_worth: counts.checked };
      Object.keys(inputs).forEach(function (name) { found[name] = inputs[name].value.trim() || null; });
      if (found.currency) { found.currency = found.currency.toUpperCase(); }
      if (found.opening_balance) {
        var digits = places(found.currency || 'EUR'), value = L.minor(found.opening_balance, digits);
        found.opening_balance = value === null ? found.opening_balance : L.decimal(value, digits);
      }
      return found;
    }
    return { node: node, boxes: boxes, read: read, first: inputs.name };
  }

  /* What is wrong stands beside its field; what belongs to none above the buttons. */
  function wrong(form, message, fault) {
    Object.keys(form.boxes).forEach(function (name) { L.wrong(form.boxes[name], ''); });
    var rest = fault.errors.filter(function (each) {
      var box = form.boxes[each.field];
      if (box) { L.wrong(box, each.message); }
      return !box;
    });
    message.textContent = fault.errors.length && !rest.length ? '' : told(fault);
  }

  function edit(account) {
    var known = Boolean(account), box = L.dialog('window', known ? t('Edit account') : t('Add an account'), 'account');
    var form = fields(account || {}), message = el('p', { className: 'ledger-wrong', role: 'alert' }), etag = null;
    var button = fd.button(known ? t('Save') : t('Add account'), save, { className: 'button button-primary' });
    box.body.append(form.node, message);
    box.foot.append(fd.button(t('Cancel'), function () { box.close(); }), button);
    form.node.addEventListener('keydown', function (event) { if (event.key === 'Enter' && event.target.tagName === 'INPUT') { event.preventDefault(); save(); } });
    form.first.focus();
    var ready = known ? L.api('GET', one(account.id)).then(function (answer) { etag = answer.etag; }) : Promise.resolve();
    function save() {
      if (button.disabled) { return; }
      var body = form.read();
      if (!body.name) { wrong(form, message, { errors: [{ field: 'name', message: t('Give it a name') }], detail: '' }); form.first.focus(); return; }
      button.disabled = true;
      ready.then(function () { return L.api(known ? 'PATCH' : 'POST', known ? one(account.id) : PATH, body, etag); }).then(function () {
        box.close();
        refresh();
        L.toast(known ? t('The account is saved.') : t('The account is added.'));
      }, function (fault) {
        button.disabled = false;
        wrong(form, message, fault);
        if (fault.status === 412) {
          message.textContent = t('Somebody changed this account in the meantime. Save again to replace that.');
          ready = L.api('GET', one(account.id)).then(function (answer) { etag = answer.etag; });
        }
      });
    }
  }

  /* ---- Closing and deleting ---- */

  function close(account) {
    var box = L.dialog('window', t('Close this account'), 'close-account'), when = day(A.context.today);
    var field = L.field(t('Its last day'), when), message = el('p', { className: 'ledger-wrong', role: 'alert' });
    box.body.append(el('p', { className: 'quiet' }, t('It leaves net worth after this day. Its bookings stay.')), field, message);
    var button = fd.button(t('Close account'), function () {
      button.disabled = true;
      L.api('PATCH', one(account.id), { closed_on: when.value || null }).then(function () {
        box.close();
        refresh();
        L.toast(t('The account is closed.'), function () {
          return L.api('PATCH', one(account.id), { closed_on: null }).then(function () { refresh(); return t('The account is open again.'); });
        });
      }, function (fault) { button.disabled = false; L.wrong(field, told(fault)); });
    }, { className: 'button button-primary' });
    box.foot.append(fd.button(t('Cancel'), function () { box.close(); }), button);
  }

  function reopen(account) {
    L.api('PATCH', one(account.id), { closed_on: null }).then(function () { refresh(); L.toast(t('The account is open again.')); }, function (fault) { L.toast(told(fault)); });
  }

  function remove(account) {
    var box = L.dialog('window', t('Delete this account'), 'delete-account'), message = el('p', { className: 'ledger-wrong', role: 'alert' });
    var place = el('div', {}), target = null;
    var button = fd.button(t('Delete account'), function () {
      button.disabled = true;
      var path = one(account.id) + (target ? '?replace_by=' + encodeURIComponent(target.value) : '');
      L.api('DELETE', path).then(function () {
        box.close();
        go('');
        refresh();
        L.toast(t('The account is deleted.'));
      }, function (fault) {
        button.disabled = false;
        if (fault.code === 'in_use' && !target) { offer(fault); } else { message.textContent = told(fault); }
      });
    }, { className: 'button button-danger' });
    box.body.append(el('p', {}, t('This removes {name} for good.', { name: account.name })), place, message);
    box.foot.append(fd.button(t('Cancel'), function () { box.close(); }), button);
    function offer() {
      L.api('GET', PATH + '?limit=1000').then(function (answer) {
        var others = answer.body.data.filter(function (each) { return each.id !== account.id && each.currency === account.currency; });
        if (!others.length) { message.textContent = t('There are bookings in it, and no other account in {currency} to move them to. Close it instead.', { currency: account.currency }); return; }
        target = choice(others.map(function (each) { return [each.id, each.name]; }), others[0].id);
        place.replaceChildren(el('p', {}, t('There are bookings, budgets or rules with it. They move to:')), L.field(t('Account'), target));
        button.replaceChildren(t('Move and delete'));
        target.focus();
      });
    }
  }

  document.addEventListener('click', function (event) {
    var button = event.target.closest('#accounts [data-account-action]');
    if (!button || !A.context) { return; }
    var account = A.context.account, name = button.getAttribute('data-account-action');
    if (name === 'add') { edit(null); }
    if (name === 'edit') { edit(account); }
    if (name === 'close') { close(account); }
    if (name === 'reopen') { reopen(account); }
    if (name === 'delete') { remove(account); }
  });

  function openAccounts(context) {
    if (!context) { return window.dash_clientside.no_update; }
    A.context = context;
    fd.locale = context.locale;
    window.requestAnimationFrame(drawAll);
    A.reconcile(context);
    return context.version;
  }

  Object.assign(A, { one: one, told: told, say: say, refresh: refresh, places: places, text: text, day: day, when: when });
  window.dash_clientside = Object.assign({}, window.dash_clientside);
  window.dash_clientside.fd = Object.assign({}, window.dash_clientside.fd, { openAccounts: openAccounts });
})();
