/* The import page's pieces: elements made of text only, amounts and days in the tenant's locale, the way to the API. */
(function () {
  'use strict';
  var t = window.fd.t, root = document.documentElement;
  var fdImport = window.fdImport = { locale: root.getAttribute('data-locale') || root.lang, writes: false, largest: Infinity };
  var STATUSES = { new: t('New'), duplicate: t('Duplicate'), review: t('To review'), skipped: t('Skipped') };
  var UNREACHED = t('The server could not be reached. Check the connection and try again.');

  /* The API's own words are English. In another language the sentences are these, by its codes, by status, by message. */
  var CODES = {
    name_taken: t('There is one with this name already.'), identifier_taken: t('Another account has this number already.'), in_use: t('Something still uses it.'),
    currency_fixed: t('An account with bookings keeps its currency.'), already_member: t('This person belongs to these books already.'),
    last_owner: t('These books need an owner.'), already_decided: t('Somebody decided about this entry already.'),
    import_running: t('This import still runs.'), import_ended: t('This import has ended already.'), reconciled: t('A reconciled statement holds this entry.'),
    reconciliation_open: t('Another statement of this account is open.'), reconciliation_closed: t('This statement is reconciled already.'),
    not_balanced: t('A difference is left.'), not_the_newest: t('Only the newest reconciled statement can be opened again.'),
    selection_changed: t('The filters find other transactions by now. Please look again.'), too_many: t('These are too many transactions at once.'),
    too_many_views: t('These are the most views that can be kept.'), splits_do_not_add_up: t('The parts do not add up to the amount.'),
    account_required: t('The file names no account. Choose one.'), nothing_to_undo: t('There is nothing to take back, or it is older than 24 hours.'),
    amount_overflow: t('An amount is too large.'), no_mail: t('This installation sends no mail.')
  };
  var STATUS = {
    403: t('Your role does not allow this.'), 404: t('It is not there any more.'), 412: t('Somebody changed this in the meantime.'), 413: t('This is larger than what can be sent here.'),
    429: t('Those were too many requests. Please wait a moment.'), 500: t('Something went wrong. That is our mistake.'), 503: t('The service is not ready. Please try again in a moment.')
  };
  var MESSAGES = {
    'must not be blank': t('must not be blank'), 'must not be empty': t('must not be empty'), 'must not be null': t('must not be empty'), 'must not be negative': t('must not be negative'),
    'must not be before from': t('must not be before the first day'), 'must not be in the past': t('must not be in the past'),
    'must be an ISO 4217 currency code such as EUR': t('must be a currency code such as EUR'), 'must be a decimal number such as -12.50': t('must be an amount such as -12.50'),
    'must be a date such as 2026-12-31': t('must be a date'), 'must be a date such as 2026-01-31, from 1900 to 2999': t('must be a date'),
    'must not be the category itself or one below it': t('must not be the category itself or one below it'), 'opening_balance and opening_on must be given together': t('needs the opening balance and its day'),
    'must be of kind transfer or saving': t('must be a transfer or savings category'), 'the parts must add up to the amount': t('The parts do not add up to the amount.')
  };
  /* An element: `options` are properties, or attributes where the name has a dash or is `role` or `for`. */
  function el(tag, options) {
    var node = document.createElement(tag);
    Object.keys(options || {}).forEach(function (name) {
      var value = options[name];
      if (value === undefined || value === null) { return; }
      if (/-|^role$|^for$|^scope$/.test(name)) { node.setAttribute(name, value); } else { node[name] = value; }
    });
    node.append.apply(node, Array.prototype.slice.call(arguments, 2).flat(Infinity).filter(function (child) {
      return child !== null && child !== undefined && child !== '';
    }));
    return node;
  }

  function icon(name) { return el('span', { className: 'icon icon-' + name, 'aria-hidden': 'true' }); }

  /* A foreign text: its direction is its own, so that it cannot turn what stands around it. */
  function foreign(text, className) { return el('bdi', { className: className || '', title: text }, text); }

  function button(words, act, options) {
    var node = el('button', Object.assign({ type: 'button', className: 'button' }, options), words);
    node.addEventListener('click', act);
    return node;
  }

  function within(kind, options) {
    try { return new Intl[kind](fdImport.locale, options); } catch (error) { return new Intl[kind]('en', options); }
  }

  function number(value) { return within('NumberFormat').format(value); }

  /* A decimal text stays one: Intl takes it digit by digit, and no amount passes through a float. */
  function money(text, currency) {
    var shown;
    try {
      shown = within('NumberFormat', { style: 'currency', currency: currency }).format(text);
    } catch (error) {
      shown = text + '\u00a0' + currency;
    }
    return el('span', { className: 'money' + (text.charAt(0) === '-' ? '' : ' inflow') }, shown.replace('-', '\u2212'));
  }

  function day(text) {
    var options = { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' };
    return el('time', { className: 'date', dateTime: text }, within('DateTimeFormat', options).format(new Date(text + 'T00:00Z')));
  }

  function moment(text) {
    var options = { dateStyle: 'medium', timeStyle: 'short' };
    return el('time', { dateTime: text }, within('DateTimeFormat', options).format(new Date(text)));
  }

  function size(bytes) {
    var large = bytes >= 1e6;
    var options = { style: 'unit', unit: large ? 'megabyte' : 'kilobyte', unitDisplay: 'short', maximumFractionDigits: 1 };
    return within('NumberFormat', options).format(Math.max(0.1, bytes / (large ? 1e6 : 1e3)));
  }

  /* A message about a number of things: n('{n} row', '{n} rows', 1200) is "1,200 rows". */
  function n(one, many, count, values) { return window.fd.n(one, many, count, Object.assign({ n: number(count) }, values)); }

  /* A name within a sentence: English does not begin it with a capital, German does. */
  function small(text) { return window.fd.language === 'en' ? text.toLowerCase() : text; }

  function signIn() { window.location.assign('/sign-in?next=' + encodeURIComponent(window.location.pathname)); }

  function foreignWords() { return window.fd.language !== 'en'; }

  function said(known, status) {
    var own = foreignWords() ? CODES[known.code] || STATUS[status] : '';
    return own || known.detail || known.title || (status ? t('The server answered with an error ({status}).', { status: status }) : UNREACHED);
  }

  /* What an answer says went wrong, in the form of RFC 9457; also when it is no such answer. */
  function problem(status, body) {
    if (status === 401) { signIn(); }
    var known = body && typeof body === 'object' ? body : {};
    return {
      status: status,
      code: known.code || '',
      detail: said(known, status),
      errors: (known.errors || []).map(function (each) { return { field: each.field, message: (foreignWords() && MESSAGES[each.message]) || each.message }; }),
      accounts: known.accounts || []
    };
  }

  function parsed(text) {
    try { return text ? JSON.parse(text) : null; } catch (error) { return null; }
  }

  /* Resolves to {body, etag}; rejects with a problem. */
  function api(method, path, body, etag) {
    var headers = { Accept: 'application/json', 'X-CSRF-Token': window.fd.csrf() };
    if (body !== undefined) { headers['Content-Type'] = 'application/json'; }
    if (etag) { headers['If-Match'] = etag; }
    var options = { method: method, headers: headers, credentials: 'same-origin', body: body && JSON.stringify(body) };
    return window.fetch(path, options).then(
      function (answer) {
        return answer.text().then(function (text) {
          var value = parsed(text);
          if (!answer.ok) { throw problem(answer.status, value); }
          return { body: value, etag: answer.headers.get('ETag') };
        });
      },
      function () { throw problem(0, null); }
    );
  }

  /* The answer's JSON alone. */
  function ask(method, path, body) { return api(method, path, body).then(function (answer) { return answer.body; }); }

  /* Send a file as a form. XMLHttpRequest, because fetch does not say how much has been sent. */
  function upload(file, fields, sent, later) {
    var request = new XMLHttpRequest(), form = new FormData();
    Object.keys(fields).forEach(function (name) { form.append(name, fields[name]); });
    form.append('file', file, file.name);
    var answer = new Promise(function (resolve, reject) {
      request.upload.addEventListener('progress', function (event) {
        if (event.lengthComputable) { sent(event.loaded, event.total); }
      });
      request.addEventListener('load', function () {
        var value = parsed(request.responseText);
        if (request.status >= 200 && request.status < 300 && value) { resolve(value); } else { reject(problem(request.status, value)); }
      });
      request.addEventListener('error', function () { reject(problem(0, null)); });
      request.addEventListener('abort', function () { reject({ aborted: true }); });
    });
    request.open('POST', '/financial/imports');
    request.setRequestHeader('X-CSRF-Token', window.fd.csrf());
    request.setRequestHeader('Accept', 'application/json');
    if (later) { request.setRequestHeader('Prefer', 'respond-async'); }
    request.send(form);
    return { answer: answer, abort: function () { request.abort(); } };
  }

  function say(text) {
    var place = document.getElementById('import-said');
    if (place) { place.textContent = text; }
  }

  /* What is wrong with each field. */
  function faults(fault) { return fault.errors.map(function (each) { return [each.field, each.message].filter(Boolean).join(': '); }); }

  /* What went wrong, in one line. */
  function told(fault) { return fault.errors.length ? faults(fault).join('; ') : fault.detail; }

  /* What went wrong, beside what it is about. */
  function trouble(title, fault) {
    return el('div', { className: 'banner import-trouble', role: 'alert' }, icon('alert-circle'),
      el('div', {}, el('p', { className: 'strong' }, title), el('p', {}, fault.detail), list(faults(fault))));
  }

  function list(texts, className) {
    if (!texts.length) { return null; }
    return el('ul', { className: 'import-list ' + (className || '') }, texts.map(function (text) { return el('li', {}, text); }));
  }

  /* A button that asks once more in its own place before it acts. */
  function confirmed(words, question, yes, act, label) {
    var box = el('span', { className: 'import-confirm' });
    function close() { box.replaceChildren(first()); box.firstChild.focus(); }
    function open() {
      var sure = button(yes, function () { sure.disabled = true; act(close); }, { className: 'button button-danger' });
      box.replaceChildren(el('span', { className: 'import-question' }, question), sure, button(t('Cancel'), close));
      sure.focus();
      say(question);
    }
    function first() { return button(words, open, { 'aria-label': label }); }
    box.append(first());
    return box;
  }

  /* A list in which lines that did not change stay the same elements: a question that stands open in one is not closed
     under the hand that answers it. `box` remembers them. */
  function lines(box, className, each, make) {
    var before = box.lines || {};
    box.lines = {};
    return el('ul', { className: className }, each.map(function (known) {
      var key = JSON.stringify(known);
      box.lines[key] = before[key] || make(known);
      return box.lines[key];
    }));
  }

  Object.assign(fdImport, {
    STATUSES: STATUSES, el: el, icon: icon, foreign: foreign, button: button, number: number, money: money, day: day,
    moment: moment, size: size, n: n, small: small, api: api, ask: ask, upload: upload, say: say, told: told, trouble: trouble, list: list,
    confirmed: confirmed, lines: lines, problem: problem
  });
})();
