/* Steps through a diagram: dims what is still to come and says what happens. Without it the figure shows the whole. */
(() => {
  const element = (name, properties) => Object.assign(document.createElement(name), properties);
  const make = (parent, name, properties) => parent.appendChild(element(name, properties));
  function live(figure) {
    figure.dataset.live = "";
    const numbers = Object.entries(figure.dataset).map(([name, text]) => [name, +text]);
    const {head, skipped, top, row, bottom, last, lines, missing} = Object.fromEntries(numbers);
    const items = figure.querySelectorAll("li"), first = JSON.parse(figure.dataset.values);
    const [view, svg] = [figure.querySelector(".ipc-view"), figure.querySelector("svg")];
    const [band, cover] = [svg.querySelector(".band"), svg.querySelector(".cover")];
    const bar = element("div", {className: "bar"});
    const button = (words, act) => make(bar, "button", {type: "button", textContent: words, onclick: act});
    let now = last, whole = true, timer = 0;

    const start = button("Start", () => go(0)), back = button("Back", () => go(now - 1));
    const next = button("Next", () => go(whole ? 1 : now + 1)), play = button("Play", () => timer ? stop() : run());
    const slider = make(bar, "input", {type: "range", min: 0, max: last, value: last});
    slider.oninput = () => go(+slider.value);
    slider.setAttribute("aria-label", "Step");
    const count = make(bar, "span", {});
    const said = element("p", {className: "said"});
    said.setAttribute("aria-live", "polite");
    const values = element("dl", {className: "values"});
    const chips = first.map(([name]) => {
      const box = make(values, "div", {});
      make(box, "dt", {textContent: name});
      return make(box, "dd", {});
    });
    view.parentElement.before(bar, said, values);

    const rowOf = n => n <= head ? n : Math.max(head + 1, n - skipped);
    const item = n => items[n <= lines ? n - 1 : Math.max(lines, n - 1 - missing)];
    const told = n => (n && item(n).dataset.v || "").split("\n").filter(Boolean);
    const changes = n => told(n).map(c => [parseInt(c), c.slice(c.indexOf(":") + 1)]);
    function stop() {
      clearInterval(timer);
      timer = 0;
      play.textContent = "Play";
      said.setAttribute("aria-live", "polite");
    }
    function run() {
      said.setAttribute("aria-live", "off");
      if (now === last) go(0);
      timer = setInterval(() => now < last && figure.isConnected ? show(now + 1) : stop(), 900);
      play.textContent = "Pause";
    }
    function go(n) { stop(); show(Math.min(Math.max(n, 0), last)); }
    function show(n) {
      now = n; whole = false;
      const at = top + rowOf(n) * row;
      svg.classList.add("stepped");
      band.setAttribute("y", at);
      cover.setAttribute("y", at + row);
      cover.setAttribute("height", n === last ? 0 : bottom - at - row + 2);
      said.textContent = n ? item(n).textContent : "Before the first step.";
      mark(n ? item(n).dataset.at : "");
      paint();
    }
    function mark(at) {
      const here = figure.querySelector(`.ipc-code [data-n="${at}"]`);
      figure.querySelectorAll(".ipc-code [aria-current]").forEach(line => line.removeAttribute("aria-current"));
      if (!here) return;
      here.setAttribute("aria-current", "step");
      here.parentElement.scrollTop = here.offsetTop - here.parentElement.clientHeight / 2;
    }
    function paint() {
      const state = first.map(([, value]) => value);
      for (let n = 1; n <= now; n++) for (const [i, value] of changes(n)) state[i] = value;
      const changed = whole ? [] : changes(now).map(([i]) => i);
      chips.forEach((chip, i) => {
        chip.textContent = state[i];
        chip.parentElement.className = changed.includes(i) ? "changed" : "";
      });
      slider.value = now;
      slider.setAttribute("aria-valuetext", count.textContent = `${now} of ${last}`);
      start.setAttribute("aria-disabled", now === 0);
      back.setAttribute("aria-disabled", now === 0);
      next.setAttribute("aria-disabled", now === last && !whole);
    }
    figure.addEventListener("keydown", event => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
      if (event.target.closest("details")) return;
      const down = event.target === slider ? -1 : 1;
      const right = event.target === view && view.scrollWidth > view.clientWidth ? 0 : 1;
      const by = {ArrowDown: down, ArrowUp: -down, ArrowRight: right, ArrowLeft: -right}[event.key];
      if (by) go(whole && by > 0 ? 1 : now + by);
      else if (event.key === "Home") go(0);
      else if (event.key === "End") go(last);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    said.textContent = `The whole diagram: ${last} steps. Step through it with the buttons or the arrow keys.`;
    paint();
  }
  document.querySelectorAll("figure.ipc[data-head]:not([data-live])").forEach(live);
})();
