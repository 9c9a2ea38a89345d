/** Whether it is a time as Date.toISOString() writes it, of the years 0 to 9999: the control socket passes no other form. */
export function isTime(value: unknown): boolean {
  const form = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;
  return typeof value === 'string' && form.test(value) && Number.isFinite(Date.parse(value));
}
