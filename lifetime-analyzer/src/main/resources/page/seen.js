// Draws only what is looked at: news come every second, and a screen shows a small part of the page.
export class Seen {
  /**
   * @param element that the drawing is in
   * @param draw draws the latest
   */
  constructor(element, draw) {
    Object.assign(this, { draw, near: false, outdated: false });
    new IntersectionObserver((entries) => {
      this.near = entries[entries.length - 1].isIntersecting;
      this.drawIfSeen();
    }, { rootMargin: "300px" }).observe(element);
    document.addEventListener("visibilitychange", () => this.drawIfSeen());
    addEventListener("beforeprint", () => this.drawNow());
  }

  /** There is something new to draw. */
  renew() {
    this.outdated = true;
    this.drawIfSeen();
  }

  /** There is nothing to draw any more. */
  forget() {
    this.outdated = false;
  }

  drawIfSeen() {
    if (this.near && !document.hidden) this.drawNow();
  }

  drawNow() {
    if (!this.outdated) return;
    this.outdated = false;
    this.draw();
  }
}
