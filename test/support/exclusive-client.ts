import koffi from 'koffi';

/** Connects exclusively through libpcsclite, which our own adapter never does; resolves with how to let go. */
export async function connectExclusively(reader: string): Promise<() => Promise<void>> {
  const library = koffi.load('libpcsclite.so.1');
  const out = (type: string): unknown => koffi.out(koffi.pointer(type));
  const define = (name: string, ...types: unknown[]) => library.func(name, 'long', types as string[]);
  const establish = define('SCardEstablishContext', 'ulong', 'void *', 'void *', out('long'));
  const connect = define('SCardConnect', 'long', 'str', 'ulong', 'ulong', out('long'), out('ulong'));
  const disconnect = define('SCardDisconnect', 'long', 'ulong');
  const release = define('SCardReleaseContext', 'long');
  const call = (fn: ReturnType<typeof define>, ...args: unknown[]): Promise<void> =>
    new Promise((resolve, reject) => {
      fn.async(...args, (error: unknown, returned: number) => {
        if (error === null && returned === 0) resolve();
        else reject(new Error(`returned 0x${returned.toString(16)}`));
      });
    });
  const [context, card, protocol] = [[0], [0], [0]];
  await call(establish, 2, null, null, context);
  await call(connect, context[0], reader, 1, 3, card, protocol);
  return async () => {
    await call(disconnect, card[0], 0);
    await call(release, context[0]);
  };
}
