/* Draws the trees of components/static.py: elements as JsonML has them, [name, attributes, child, ...]. React changes of
   what stands only what differs, so that what is open or has the focus stays so. */
(function () {
  'use strict';
  var LINK = 'dash_core_components.Link';

  /* As Dash's own link: the application shows the address, unless another tab or window is asked for. */
  function follow(event) {
    if (event.metaKey || event.shiftKey || event.altKey || event.ctrlKey) { return; }
    event.preventDefault();
    window.history.pushState({}, '', event.currentTarget.href);
    window.dispatchEvent(new CustomEvent('_dashprivate_pushstate'));
    window.scrollTo(0, 0);
  }

  function children(nodes, from) {
    var drawn = [];
    for (var place = from; place < nodes.length; place += 1) { drawn.push(draw(nodes[place])); }
    return drawn;
  }

  function element(kind, attributes, drawn) {
    return window.React.createElement.apply(null, [kind, attributes].concat(drawn));
  }

  function draw(node) {
    if (!Array.isArray(node)) { return node; }
    var name = node[0], attributes = node[1], drawn = children(node, 2);
    if (name === LINK) {
      var href = window.dash_clientside.clean_url(attributes.href);
      return element('a', Object.assign({}, attributes, { href: href, onClick: follow }), drawn);
    }
    var cut = name.indexOf('.');
    return element(cut < 0 ? name : window[name.slice(0, cut)][name.slice(cut + 1)], attributes, drawn);
  }

  function Static(props) {
    var loading = window.dash_component_api.useDashContext().useLoading();
    var drawn = window.React.useMemo(function () { return children(props.tree || [], 0); }, [props.tree]);
    var own = { 'data-dash-is-loading': loading || undefined };
    Object.keys(props).forEach(function (name) {
      if (name !== 'tree' && name !== 'tag' && typeof props[name] !== 'function') { own[name] = props[name]; }
    });
    return element(props.tag, own, drawn);
  }

  window.fd = Object.assign(window.fd || {}, { Static: Static });
})();
