/** A timer that keeps no process alive; a time that has passed already is as good as now. */
export function later(milliseconds: number, action: () => void): NodeJS.Timeout {
  return setTimeout(action, Math.max(0, milliseconds)).unref();
}
