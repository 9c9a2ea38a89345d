/**
 * A map that holds 1000 entries and forgets the oldest: anybody can begin a login, as often as they like, and memory
 * must not grow by that. Whoever begins a thousand drives out those of others, so a public service limits the pace of
 * logins besides.
 */
export class BoundedMap extends Map {
  static limit = 1000;

  set(key, value) {
    // Set again is new again.
    this.delete(key);
    if (this.size >= BoundedMap.limit) this.delete(this.keys().next().value);
    return super.set(key, value);
  }
}
