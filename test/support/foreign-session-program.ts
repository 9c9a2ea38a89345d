/*
 * Another program with a long session: logs in once over a PKCS #11 module and then signs again and again. Prints a line
 * of JSON for each signature, or for what failed; ends when its input ends.
 * Arguments: module, PIN, milliseconds between two signatures.
 */
import pkcs11js from 'pkcs11js';

const [module = '', pin = '', everyMs = '1000'] = process.argv.slice(2);
const say = (message: unknown): void => void process.stdout.write(`${JSON.stringify(message)}\n`);
const message = Buffer.from('What another program signs.\n');

const pkcs11 = new pkcs11js.PKCS11();
pkcs11.load(module);
pkcs11.C_Initialize();
const [slot] = pkcs11.C_GetSlotList(true);
if (slot === undefined) throw new Error('no card');
const session = pkcs11.C_OpenSession(slot, pkcs11js.CKF_SERIAL_SESSION);
pkcs11.C_Login(session, pkcs11js.CKU_USER, pin);
pkcs11.C_FindObjectsInit(session, [{ type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_PRIVATE_KEY }]);
const [key] = pkcs11.C_FindObjects(session, 1);
pkcs11.C_FindObjectsFinal(session);
if (key === undefined) throw new Error('no key');

function signOnce(): void {
  try {
    pkcs11.C_SignInit(session, { mechanism: pkcs11js.CKM_SHA256_RSA_PKCS }, key!);
    const signature = pkcs11.C_Sign(session, message, Buffer.alloc(512));
    say({ signature: signature.toString('hex') });
  } catch (error) {
    say({ failed: String(error) });
  }
}

say({ ready: true });
const timer = setInterval(signOnce, Number(everyMs));
process.stdin.resume().once('end', () => {
  clearInterval(timer);
  pkcs11.C_Finalize();
});
