/* A button for each process, and what is said of the run. Python decides everything; this only shows it and asks. */
export default {render({model, el}) {
  const make = (parent, name, properties, attributes) => {
    const made = parent.appendChild(Object.assign(document.createElement(name), properties));
    for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
    return made;
  };
  let waiting = false;
  function ask(what, process, meanwhile) {
    if (waiting) return;
    waiting = true;
    if (meanwhile) said.textContent = meanwhile;
    model.send({what, process});
  }
  /* Not `disabled`: the keyboard would lose its place, and a screen reader would not find out why it is so. */
  const button = (parent, properties, act) => make(parent, "button", {type: "button", onclick: event =>
    event.currentTarget.getAttribute("aria-disabled") === "true" || act(), ...properties});

  const figure = make(el, "figure", {className: "ipc ipc-scheduler", lang: "en", dir: "ltr"},
                      {"data-lm-suppress-shortcuts": "true"});
  make(figure, "style", {textContent: model.get("looks")});
  const title = make(figure, "figcaption", {});
  const passers = make(figure, "div", {className: "passers"}, {role: "group", "aria-label": "Who passes next?"});
  const processes = model.get("view").processes.map(({name, colour}) => {
    const one = button(passers, {className: colour}, () => ask("step", name));
    make(one, "b", {textContent: name});
    return {one, does: make(one, "span", {}), where: make(one, "code", {})};
  });
  const bar = make(figure, "div", {className: "bar"});
  const undo = button(bar, {textContent: "Undo"}, () => ask("undo"));
  const again = button(bar, {textContent: "Start again"}, () => ask("restart"));
  const find = button(bar, {textContent: "Can it still fail?"},
                      () => ask("find_out", "", "Trying every way on from here…"));
  const lead = button(bar, {textContent: "A step towards a failure"}, () => ask("towards_failure"));
  const said = make(figure, "p", {className: "said"}, {role: "status", "aria-live": "polite", "aria-atomic": "true"});
  const drawing = make(figure, "div", {className: "drawing"});

  function paint() {
    const view = model.get("view");
    waiting = false;
    title.textContent = view.title;
    view.processes.forEach(({does, where, may}, i) => {
      processes[i].does.textContent = does;
      processes[i].where.textContent = where;
      processes[i].one.setAttribute("aria-disabled", !may);
    });
    for (const [one, may] of [[undo, view.moved], [again, view.moved], [find, view.unknown], [lead, view.fails]])
      one.setAttribute("aria-disabled", !may);
    said.textContent = view.said;
    figure.dataset.mood = view.mood;
    drawing.innerHTML = view.picture;
  }
  model.on("change:view", paint);
  paint();
  return () => model.off("change:view", paint);
}};
