// Elements of the page.

export const byId = (id) => document.getElementById(id);

/** @param attributes by name; one that is null is left out */
export function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) if (value != null) made.setAttribute(name, value);
  made.append(...children);
  return made;
}
