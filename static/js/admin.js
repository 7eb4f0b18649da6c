// What the panel does better with JavaScript. Every page works without it.
(() => {
  "use strict";

  // Ticking lines: how many there are, and all of them at once.
  for (const form of document.querySelectorAll("form[data-lines]")) {
    const all = form.querySelector("[data-tick-all]");
    if (!all) continue;
    const lines = [...form.querySelectorAll("input[name=pick]")];
    const told = form.querySelector("[data-ticked]");
    const tell = () => {
      const n = lines.filter((line) => line.checked).length;
      told.textContent = n ? `${n} ${told.dataset.ticked}` : told.dataset.none;
      all.checked = n === lines.length;
      all.indeterminate = n > 0 && n < lines.length;
    };
    all.closest("label").hidden = false;
    all.addEventListener("change", () => { for (const line of lines) line.checked = all.checked; tell(); });
    for (const line of lines) line.addEventListener("change", tell);
    tell();
  }

  // A set of rows grows by a copy of its empty row.
  for (const set of document.querySelectorAll("[data-set]")) {
    const more = set.querySelector("[data-more]");
    const empty = set.querySelector("template");
    const total = set.querySelector(`[name="${set.dataset.set}-TOTAL_FORMS"]`);
    const most = Number(set.querySelector(`[name="${set.dataset.set}-MAX_NUM_FORMS"]`).value);
    const tell = () => { more.hidden = Number(total.value) >= most; };
    more.addEventListener("click", () => {
      const row = document.createElement("div");
      row.innerHTML = empty.innerHTML.replaceAll("__prefix__", total.value);
      const fields = row.firstElementChild;
      empty.before(fields);
      total.value = Number(total.value) + 1;
      fields.querySelector("input:not([type=hidden])").focus();
      tell();
    });
    tell();
  }

  // Hospitals are suggested while their name is typed.
  const names = document.querySelector("datalist[data-names]");
  if (names) {
    let waiting, asked = "";
    document.addEventListener("input", (event) => {
      if (!event.target.matches("[data-hospital]")) return;
      const text = event.target.value.trim();
      clearTimeout(waiting);
      waiting = setTimeout(async () => {
        if (text.length < 2 || text === asked || [...names.options].some((option) => option.value === text)) return;
        asked = text;
        try {
          const answer = await fetch(`${names.dataset.names}?q=${encodeURIComponent(text)}`);
          if (!answer.ok) return;
          const found = (await answer.json()).names;
          names.replaceChildren(...found.map((name) => Object.assign(document.createElement("option"), { value: name })));
        } catch { /* without suggestions the name is typed in full */ }
      }, 250);
    });
  }
})();
