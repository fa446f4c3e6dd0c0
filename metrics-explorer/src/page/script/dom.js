// Elements. Text is set as text alone; nothing here reads markup.

/** An element with attributes, listeners (`onclick`), data and children. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key === "class") made.className = value;
    else made.setAttribute(key, value === true ? "" : value);
  }
  append(made, children);
  return made;
}

function append(parent, children) {
  for (const child of children.flat(3)) {
    if (child === null || child === undefined || child === false) continue;
    parent.append(child);
  }
}

function replaceChildren(parent, ...children) {
  parent.textContent = "";
  append(parent, children);
}

/** Writes a text only if it has changed, so that the browser has nothing to lay out. */
function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

function setAttribute(target, name, value) {
  if (value === null || value === undefined) target.removeAttribute(name);
  else if (target.getAttribute(name) !== String(value)) target.setAttribute(name, value);
}

function byId(id) {
  return document.getElementById(id);
}

/** A text that somebody else chose: isolated from the direction of what is around it. */
function foreign(text, length = 80) {
  const short = shortened(text, length);
  const title = short.endsWith("…") ? shortened(text, 1000) : undefined;
  return element("bdi", { title }, short);
}

/** A path that may be broken after its slashes. */
function pathParts(text) {
  return shown(text).split(/(?<=\/)/).flatMap((part) => [part, element("wbr")]);
}

/**
 * A table whose columns can be sorted. `columns` have `key`, `title`, `hint`, `number` and
 * `start` (the direction of the first click); `onsort` gets the column and the direction.
 */
function sortableTable({ caption, columns, sort, onsort, hideCaption }) {
  const heads = columns.map((column) => {
    const button = element("button", {
      type: "button", class: "sort", title: column.hint,
      onclick: () => {
        const isSame = sort.key === column.key;
        sort.direction = isSame ? -sort.direction : column.start ?? (column.number ? -1 : 1);
        sort.key = column.key;
        show();
        onsort();
      },
    }, column.title);
    return element("th", { scope: "col", class: column.number ? "number" : undefined }, button);
  });
  const show = () => heads.forEach((head, index) => {
    const isSorted = columns[index].key === sort.key;
    const way = sort.direction > 0 ? "ascending" : "descending";
    setAttribute(head, "aria-sort", isSorted ? way : "none");
  });
  show();
  const body = element("tbody");
  const table = element("table", {},
    element("caption", { class: hideCaption ? "hidden" : undefined }, caption),
    element("thead", {}, element("tr", {}, heads)), body);
  return { table, body };
}

/** Compares two values of a column; what is absent comes last in both directions. */
function compareValues(a, b, direction) {
  const isAbsent = (value) => value === null || value === undefined || Number.isNaN(value);
  if (isAbsent(a) || isAbsent(b)) return Number(isAbsent(a)) - Number(isAbsent(b));
  if (a === b) return 0;
  const order = typeof a === "string" ? a.localeCompare(b) : a - b;
  return order * direction;
}

/** Copies a text, also where the page has no secure context and so no clipboard. */
async function copyText(text, button) {
  const label = button.dataset.label ?? button.textContent;
  button.dataset.label = label;
  let isCopied = false;
  try {
    await navigator.clipboard.writeText(text);
    isCopied = true;
  } catch {
    const area = element("textarea", { class: "hidden" });
    area.value = text;
    document.body.append(area);
    area.select();
    isCopied = document.execCommand("copy");
    area.remove();
    button.focus();
  }
  setText(button, isCopied ? "Copied" : "Not copied: select the text");
  setTimeout(() => setText(button, label), 2000);
}
