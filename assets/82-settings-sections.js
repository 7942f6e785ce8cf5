/* The sections of the settings page, each from the API and through it. */
(function () {
  'use strict';
  var fd = window.fdImport, L = window.fdLedger, S = window.fdSettings, el = fd.el, t = window.fd.t;
  var ALL = '?limit=1000', SHOWN = 25;
  var ROLES = { viewer: t('Viewer: looks on'), editor: t('Editor: books and imports'), admin: t('Admin: also people, embeds, settings'), owner: t('Owner: also owners, and deleting') };
  var SCOPES = { read: t('Read figures and bookings'), write: t('Write bookings'), import: t('Import statements'), embed: t('Make embeds'), admin: t('Everything your role may') };
  var NAMES = { viewer: t('viewer'), editor: t('editor'), admin: t('admin'), owner: t('owner') };
  var KINDS = {
    account: t('account'), transaction: t('transaction'), category: t('category'), tag: t('tag'), budget: t('budget'), rule: t('rule'), rate: t('rate'), import: t('import'),
    person: t('person'), invitation: t('invitation'), token: t('token'), tenant: t('tenant'), webhook: t('webhook'), embed: t('embeds'), embed_key: t('embed key'),
    embed_settings: t('embed settings'), rule_run: t('rule run'), import_mapping: t('columns of a file'), identity: t('sign-in elsewhere'), categorise: t('categorisation'), rollups: t('rollups'), demo: t('demo books'),
    reconciliation: t('reconciliation'), alert: t('alert'), import_entry: t('line of a file')
  };
  var DONE = { create: t('added {what}'), update: t('changed {what}'), delete: t('deleted {what}'), accept: t('accepted {what}'), reset: t('emptied {what}'), rebuild: t('rebuilt {what}'), load: t('loaded {what}'),
    apply: t('applied {what}'), undo: t('took back {what}'), take_back: t('took back {what}'), import: t('booked {what}'), queue: t('queued {what}'), fail: t('could not finish {what}'), link: t('linked {what}'),
    unlink: t('unlinked {what}'), revoke: t('revoked {what}'), categorise: t('categorised {what}'), keep: t('kept {what} for undo'), mark: t('ticked in {what}'), close: t('closed {what}'), reopen: t('reopened {what}'), merge: t('merged {what}') };

  function days(first) {
    return Array.from({ length: 28 }, function (_, place) { return [String(place + 1), (place + 1) + (place ? '' : ' ' + t('(calendar months)'))]; });
  }

  function list(items, words) { return items.length ? el('ul', { className: 'settings-list' }, items) : el('p', { className: 'quiet' }, words); }

  function facts(pairs) {
    return el('dl', { className: 'settings-facts' }, pairs.map(function (each) { return [el('dt', {}, each[0]), el('dd', {}, el('bdi', {}, each[1]))]; }));
  }

  function moment(text) { var node = fd.moment(text); node.className = 'quiet'; return node; }

  /* ---- The tenant ---- */

  function tenant() {
    return L.api('GET', '/tenant').then(function (found) { return S.is('admin') ? tenantForm(found.body, found.etag) : [
      facts([[t('Name'), found.body.name], [t('Key'), found.body.key], [t('Currency'), found.body.currency], [t('Time zone'), found.body.timezone],
        [t('Months begin on day'), String(found.body.month_start)], [t('Written as in'), found.body.locale]]),
      el('p', { className: 'quiet' }, t('An admin or the owner can change this.'))
    ]; });
  }

  function tenantForm(known, tag) {
    var offered = S.context.choices, etag = tag, now = known;
    var inputs = {
      name: S.text(now.name, { maxLength: 200 }), currency: S.choice(offered.currencies, now.currency), timezone: S.choice(offered.timezones, now.timezone),
      month_start: S.choice(days(), String(now.month_start)), locale: S.choice(offered.locales, now.locale)
    };
    var match = S.tick(t('Take two bookings for a transfer because of amount and days alone'), now.match_by_amount);
    var fields = {
      name: L.field(t('Name'), inputs.name),
      currency: L.field(t('Currency'), inputs.currency, t('Figures are shown in it, converted by the rates of each day. Accounts and bookings keep theirs.')),
      timezone: L.field(t('Time zone'), inputs.timezone, t('When a day begins and ends: for today, for budgets and their alerts.')),
      month_start: L.field(t('First day of a month'), inputs.month_start, t('Your payday, for instance. All figures by month follow; budgets keep the periods they have.')),
      locale: L.field(t('Numbers and dates as in'), inputs.locale)
    };
    function wanted() {
      var values = { name: inputs.name.value, currency: inputs.currency.value, timezone: inputs.timezone.value, month_start: Number(inputs.month_start.value), locale: inputs.locale.value, match_by_amount: match.box.checked };
      return Object.fromEntries(Object.keys(values).filter(function (name) { return values[name] !== now[name]; }).map(function (name) { return [name, values[name]]; }));
    }
    function sure(changed) {
      var words = [];
      if (changed.currency) { words.push(t('All figures, past ones too, will be shown in {currency} instead of {before}. Where no rate is known, figures stay open until you add one.', { currency: changed.currency, before: now.currency })); }
      if (changed.month_start) { words.push(t('Months will begin on day {day}. All figures by month, past ones too, are made anew; with many bookings that takes a moment.', { day: changed.month_start })); }
      return words.length ? S.asks(t('Change what figures rest on?'), words.concat(t('Nothing that is booked changes, and you can change it back.')), t('Change it')) : Promise.resolve(true);
    }
    function save() {
      var changed = wanted();
      if (!Object.keys(changed).length) { S.say(t('Nothing has changed.')); return null; }
      return sure(changed).then(function (yes) {
        return yes && L.api('PATCH', '/tenant', changed, etag).then(function () { S.reload(t('The settings are saved.')); }, stale);
      });
    }
    function stale(fault) {
      if (fault.status !== 412) { throw fault; }
      return L.api('GET', '/tenant').then(function (found) {
        etag = found.etag;
        now = found.body;
        throw Object.assign(fault, { detail: t('Somebody else changed the settings meanwhile. What you typed is kept: save again, and it counts.'), errors: [] });
      });
    }
    return S.form(fields, t('Save'), save, { extra: match });
  }

  /* ---- Language ---- */

  /* For this browser alone; without a choice, pages speak the language of the books. */
  function language() {
    var input = S.choice([['', t('As in the books')], ['en', 'English'], ['de', 'Deutsch']], window.fd.chosenLanguage());
    return S.form({ language: L.field(t('Language'), input, t('For you, in this browser.')) }, t('Save'), function () {
      window.fd.chooseLanguage(input.value);
      S.reload(t('The language is chosen.'));
    });
  }

  /* ---- People ---- */

  function roles(limit) {
    return Object.keys(ROLES).filter(function (role) { return S.RANK[role] <= S.RANK[limit || S.context.role]; }).map(function (role) { return [role, ROLES[role]]; });
  }

  function people() {
    return Promise.all([L.api('GET', '/tenant/people' + ALL), L.api('GET', '/tenant/invitations' + ALL)]).then(function (found) {
      var here = found[0].body.data.sort(function (a, b) { return a.email.localeCompare(b.email); });
      return [list(here.map(member), ''), el('h3', {}, t('Invited')), list(found[1].body.data.map(invited), t('Nobody waits for an answer.')), el('h3', {}, t('Invite somebody')), invite()];
    });
  }

  function member(each) {
    var path = '/tenant/people/' + each.id, mine = each.id === S.context.person, above = S.RANK[each.role] > S.RANK[S.context.role];
    var role = S.choice(roles(above ? 'owner' : null), each.role, { 'aria-label': t('Role of {email}', { email: each.email }), disabled: above });
    var change = S.does(t('Change role'), function () {
      return L.api('PATCH', path, { role: role.value }).then(function () { if (mine) { S.reload(t('You are {role} now.', { role: NAMES[role.value] })); return; } S.say(t('{email} is {role} now.', { email: each.email, role: NAMES[role.value] })); return S.again('people', 'audit'); });
    }, { disabled: true, 'aria-label': t('Change the role of {email}', { email: each.email }) });
    role.addEventListener('change', function () { change.disabled = role.value === each.role; });
    var remove = S.does(t('Remove'), function () {
      return S.asks(t('Remove {email}?', { email: each.email }), t('{email} can no longer open {books}, and the tokens that {email} made for it end. What was booked stays.', { email: each.email, books: S.context.name }), t('Remove'), true).then(function (yes) {
        return yes && L.api('DELETE', path).then(function () { S.say(t('{email} is removed.', { email: each.email })); return S.again('people', 'audit'); });
      });
    }, { 'aria-label': t('Remove {email}', { email: each.email }) });
    return el('li', {}, el('span', { className: 'settings-what' }, fd.foreign(each.email, 'strong'), mine ? el('span', { className: 'tag' }, t('you')) : null), above ? el('span', { className: 'quiet' }, NAMES[each.role]) : [role, change], above || mine ? null : remove);
  }

  function invited(each) {
    var back = S.does(t('Revoke'), function () {
      return L.api('DELETE', '/tenant/invitations/' + each.id).then(function () { S.say(t('The invitation of {email} is void.', { email: each.email })); return S.again('people', 'audit'); });
    }, { 'aria-label': t('Revoke the invitation of {email}', { email: each.email }) });
    return el('li', {}, el('span', { className: 'settings-what' }, fd.foreign(each.email, 'strong'), el('span', { className: 'quiet' }, t('{role}, until', { role: NAMES[each.role] }) + ' '), moment(each.expires_at)), back);
  }

  function invite() {
    var email = S.text('', { type: 'email', maxLength: 254 }), role = S.choice(roles(), 'viewer');
    return S.form({ email: L.field(t('E-mail'), email), role: L.field(t('Role'), role) }, t('Invite'), function () {
      return L.api('POST', '/tenant/invitations', { email: email.value.trim(), role: role.value }).then(function (made) {
        S.again('people', 'audit');
        var words = made.body.sent ? t('A letter is on its way to {email}. The link is here too, this once:', { email: made.body.email }) : t('Give this link to {email}. It is shown this once, works once, and for 7 days:', { email: made.body.email });
        return S.reveal(t('Invited'), words, made.body.link);
      });
    });
  }

  /* ---- Tokens ---- */

  function tokens() {
    return L.api('GET', '/auth/tokens' + ALL).then(function (found) {
      return [list(found.body.data.map(token), t('You have none for these books.')), el('h3', {}, t('Make a token')), newToken()];
    });
  }

  function token(each) {
    var ends = each.expires_on ? [t('until'), ' ', fd.day(each.expires_on)] : [t('until you revoke it')];
    var used = each.last_used_at ? [t('last used'), ' ', fd.moment(each.last_used_at)] : [t('not used yet')];
    var revoke = S.does(t('Revoke'), function () {
      return S.asks(t('Revoke {name}?', { name: each.name }), t('Programs that use this token are refused at once.'), t('Revoke'), true).then(function (yes) {
        return yes && L.api('DELETE', '/auth/tokens/' + each.id).then(function () { S.say(t('The token is revoked.')); return S.again('tokens', 'audit'); });
      });
    }, { 'aria-label': t('Revoke {name}', { name: each.name }) });
    return el('li', {}, el('span', { className: 'settings-what' }, fd.foreign(each.name, 'strong'), el('span', { className: 'quiet' }, each.scopes.join(', '), '; ', ends, '; ', used)), revoke);
  }

  function newToken() {
    var name = S.text('', { maxLength: 200 }), until = el('input', { type: 'date', className: 'ledger-input', min: S.context.today });
    var ticks = S.context.scopes.map(function (scope) { return S.tick(SCOPES[scope], scope === 'read', { value: scope }); });
    var scopes = el('fieldset', { className: 'settings-ticks' }, el('legend', {}, t('It may')), ticks, el('p', { className: 'ledger-wrong' }));
    return S.form({ name: L.field(t('Name'), name, t('What uses it, so that you know it again.')), scopes: scopes, expires_on: L.field(t('Last day, if any'), until) }, t('Make a token'), function () {
      var chosen = ticks.filter(function (each) { return each.box.checked; }).map(function (each) { return each.box.value; });
      if (!chosen.length) { throw { errors: [{ field: 'scopes', message: t('Choose what it may do') }] }; }
      return L.api('POST', '/auth/tokens', { name: name.value, scopes: chosen, expires_on: until.value || null }).then(function (made) {
        S.again('tokens', 'audit');
        return S.reveal(t('Copy the token now'), t('It is not shown again. Programs send it as Authorization: Bearer.'), made.body.token);
      });
    });
  }

  /* ---- The person ---- */

  function signins() {
    var everywhere = S.does(t('Sign out everywhere'), function () {
      return S.asks(t('Sign out everywhere?'), t('Every browser and program that you signed in with has to sign in again, this one too. Tokens for programs stay.'), t('Sign out')).then(function (yes) {
        return yes && L.api('POST', '/auth/logout', { everywhere: true }).then(function () { window.location.assign('/sign-in'); });
      });
    });
    var leave = S.does(t('Leave {books}', { books: S.context.name }), function () {
      return S.asks(t('Leave {books}?', { books: S.context.name }), t('You can no longer open these books, and your tokens for them end. Only somebody else can invite you back.'), t('Leave'), true).then(function (yes) {
        return yes && L.api('POST', '/tenant/leave').then(function () { window.location.assign('/'); });
      });
    }, { className: 'button ledger-danger' });
    return [facts([[t('Signed in as'), S.context.email], [t('Role here'), ROLES[S.context.role]]]),
      el('div', { className: 'settings-row' }, el('a', { className: 'button', href: '/account' }, fd.icon('lock'), t('Password and second factor')), everywhere, leave)];
  }

  /* ---- Sessions ---- */

  function sessions() {
    return L.api('GET', '/auth/sessions' + ALL).then(function (found) {
      var mine = found.body.data;
      var others = S.does(t('End all others'), function () {
        return S.asks(t('End all other sessions?'), t('Every other browser and program that you signed in with has to sign in again. This one goes on, and so do tokens for programs.'), t('End all others'), true).then(function (yes) {
          return yes && L.api('DELETE', '/auth/sessions').then(function () { S.say(t('All other sessions have ended.')); return S.again('sessions'); });
        });
      });
      return [list(mine.map(session), t('There are none.')), mine.some(function (each) { return !each.current; }) ? el('div', { className: 'settings-row' }, others) : null].filter(Boolean);
    });
  }

  function session(each) {
    var name = each.browser || (each.kind === 'page' ? t('A browser') : t('A program'));
    var end = S.does(t('End'), function () {
      return S.asks(t('End the session of {name}?', { name: name }), t('It has to sign in again, at once.'), t('End'), true).then(function (yes) {
        return yes && L.api('DELETE', '/auth/sessions/' + each.id).then(function () { S.say(t('The session has ended.')); return S.again('sessions'); });
      });
    }, { 'aria-label': t('End the session of {name}', { name: name }) });
    var told = el('span', { className: 'quiet' }, each.kind === 'page' ? t('pages') : t('API'), '; ', t('since'), ' ', fd.moment(each.started_at), '; ', t('last used'), ' ', fd.moment(each.last_used_at), each.address ? ['; ', fd.foreign(each.address)] : null);
    return el('li', {}, el('span', { className: 'settings-what' }, fd.foreign(name, 'strong'), each.current ? el('span', { className: 'tag' }, t('this one')) : null, told), each.current ? null : end);
  }

  function alerts() {
    return L.api('GET', '/financial/alert-settings').then(function (found) {
      if (!S.context.mail && !found.body.email) { return el('p', { className: 'quiet' }, t('This installation sends no mail yet: whoever runs it has to set SMTP_URL. Alerts show on the overview and on the budgets page.')); }
      var mail = S.tick(t('Send budget alerts of {books} to {email}', { books: S.context.name, email: S.context.email }), found.body.email);
      return S.form({}, t('Save'), function () {
        return L.api('PUT', '/financial/alert-settings', { email: mail.box.checked }).then(function () { S.say(mail.box.checked ? t('Alerts come by e-mail.') : t('No more alerts by e-mail.')); });
      }, { extra: mail });
    });
  }

  /* ---- The audit log ---- */

  function audit() {
    var kind = S.choice([['', t('Everything')], 'account', 'transaction', 'category', 'tag', 'budget', 'rule', 'rate', 'import', 'person', 'invitation', 'token', 'tenant', 'webhook'].map(function (each) { return Array.isArray(each) ? each : [each, KINDS[each]]; }), '');
    var from = el('input', { type: 'date', className: 'ledger-input' }), to = el('input', { type: 'date', className: 'ledger-input' });
    var lines = el('ul', { className: 'settings-list settings-log' }), more = el('div', { className: 'settings-row' });
    var csv = el('a', { className: 'button', download: '' }, fd.icon('download'), 'CSV');
    function query() {
      var given = new URLSearchParams();
      if (kind.value) { given.set('kind', kind.value); }
      if (from.value) { given.set('from', from.value); }
      if (to.value) { given.set('to', to.value); }
      return given;
    }
    function load(cursor) {
      var given = query();
      csv.href = '/financial/audit.csv?' + given.toString();
      given.set('limit', SHOWN);
      if (cursor) { given.set('cursor', cursor); }
      return L.api('GET', '/financial/audit?' + given.toString()).then(function (found) {
        var rows = found.body.data.map(line);
        if (!cursor) { lines.replaceChildren(); }
        lines.append.apply(lines, rows.length || cursor ? rows : [el('li', {}, el('span', { className: 'quiet' }, t('Nothing is found.')))]);
        more.replaceChildren.apply(more, [found.body.next_cursor ? S.does(t('Show older'), function () { return load(found.body.next_cursor); }) : null, csv].filter(Boolean));
      });
    }
    var filter = S.form({ kind: L.field(t('Of'), kind), from: L.field(t('From'), from), to: L.field(t('To'), to) }, t('Filter'), function () { return load(null); }, { look: '' });
    filter.classList.add('settings-filter');
    return load(null).then(function () { return [filter, lines, more]; });
  }

  function line(each) {
    var what = el('span', { className: 'settings-what' }, fd.foreign(each.person || each.actor, 'strong'), el('span', {}, done(each)));
    var details = differences(each);
    return el('li', {}, what, moment(each.at), details ? el('span', { className: 'settings-change money-text' }, el('bdi', {}, details)) : null);
  }

  function done(each) {
    var what = (KINDS[each.kind] || each.kind) + (each.object_id && each.kind !== 'tenant' ? ' ' + each.object_id : '');
    return DONE[each.action] ? DONE[each.action].replace('{what}', what) : each.action + ' ' + what;
  }

  function shown(value) {
    var text = value === null || value === undefined ? '\u2013' : typeof value === 'object' ? JSON.stringify(value) : String(value);
    return text.length > 60 ? text.slice(0, 59) + '\u2026' : text;
  }

  /* What changed in one line: `name: old → new`. */
  function differences(each) {
    if (each.action === 'keep') { return ''; }
    var before = each.before || {}, after = each.after || {}, names = Object.keys(each.action === 'update' ? after : Object.keys(after).length ? after : before).slice(0, 4);
    return names.map(function (name) { return name + ': ' + (each.action === 'update' ? shown(before[name]) + ' \u2192 ' + shown(after[name]) : shown(name in after ? after[name] : before[name])); }).join(' · ');
  }

  /* ---- Data, and the end ---- */

  function data() {
    var command = 'flask tenant export ' + S.context.key + ' > ' + S.context.key + '.zip';
    return [el('div', { className: 'settings-row' }, el('a', { className: 'button', href: '/financial/transactions.csv', download: '' }, fd.icon('download'), t('All transactions as CSV')),
      el('a', { className: 'button', href: '/financial/transactions.xlsx', download: '' }, fd.icon('download'), t('As Excel')), el('a', { className: 'button', href: '/docs' }, fd.icon('code'), t('The API'))),
    S.is('admin') ? [el('h3', {}, t('Everything in one file')), el('p', { className: 'quiet' }, t('Accounts, bookings, budgets, rules and the history, to keep or to take to another installation. Whoever runs this one does it:')), el('pre', { className: 'settings-pre', tabIndex: 0 }, el('code', {}, command))] : null].flat(Infinity).filter(Boolean);
  }

  function danger() {
    var typed = S.text('', { spellcheck: false });
    var field = L.field(t('Type {key} to confirm', { key: S.context.key }), typed);
    return [el('p', {}, t('Deletes {books} with all accounts, bookings, imports, budgets and its history, for everybody, for good. Export it first.', { books: S.context.name })),
      S.form({ confirm: field }, t('Delete {books}', { books: S.context.name }), function () {
        if (typed.value.trim() !== S.context.key) { throw { errors: [{ field: 'confirm', message: t('This is not {key}', { key: S.context.key }) }] }; }
        return L.api('DELETE', '/tenant', { confirm: typed.value.trim() }).then(function () { window.location.assign('/sign-in'); });
      }, { look: 'button-danger' })];
  }

  S.build = function () {
    var admin = S.is('admin');
    return [
      S.section('tenant', t('Tenant'), t('Whose books these are, and how their figures are told.'), tenant),
      S.section('language', t('Language'), t('In which language these pages speak to you.'), language),
      admin ? S.section('people', t('People'), t('Who may open these books, and in which role. Nobody gives a role above their own.'), people) : null,
      S.section('tokens', t('Tokens for programs'), t('A program with a token acts for you, in these books alone.'), tokens),
      S.section('sign-ins', t('Your sign-in'), t('Your password, your second factor, and where you are signed in.'), signins),
      S.section('sessions', t('Sessions'), t('Where you are signed in now. A session that you do not know: end it, then choose a new password.'), sessions),
      S.section('alerts', t('Alerts'), t('How you learn that a budget runs out.'), alerts),
      admin ? S.section('audit', t('Audit log'), t('Who changed what, newest first.'), audit) : null,
      S.section('data', t('Your data'), t('It is yours: take it with you whenever you like.'), data),
      S.is('owner') ? S.section('danger', t('Delete'), t('There is no way back but a file that you exported.'), danger) : null
    ].filter(Boolean);
  };
})();
