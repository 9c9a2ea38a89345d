import { createHash, createVerify, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openScModule } from './judge-with-opensc.js';
import type { RunProcess } from './run-process.js';

/** Where unmodified OpenSC finds the card, and with which PIN. */
export interface DownloadJudgement {
  readonly run: RunProcess;
  readonly env: Readonly<Record<string, string>>;
  readonly pin: string;
  readonly module?: string;
}

/**
 * Lets OpenSC list the certificates on the card, and sign with the key of the one with this fingerprint. Rejects with
 * what the tool said at the first thing that is wrong.
 */
export async function judgeDownload(fingerprint: string, judgement: DownloadJudgement): Promise<void> {
  const { run, pin, module = openScModule() } = judgement;
  const folder = mkdtempSync(join(tmpdir(), 'kort-judge-'));
  const env = { HOME: folder, XDG_CACHE_HOME: folder, ...judgement.env };
  const pkcs11 = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await run('pkcs11-tool', ['--module', module, ...args], { env, cwd: folder });
    if (code === 0) return stdout;
    throw new Error(`$ pkcs11-tool ${args.join(' ')}\nexit ${String(code)}\n${stdout}\n${stderr}`);
  };
  try {
    const listed = await pkcs11('-O', '--type', 'cert');
    const ids = [...listed.matchAll(/^\s+ID:\s+([0-9a-f]+)/gm)].map(([, id = '']) => id);
    for (const id of new Set(ids)) {
      await pkcs11('--read-object', '--type', 'cert', '--id', id, '-o', 'certificate.der');
      const der = readFileSync(join(folder, 'certificate.der'));
      if (createHash('sha256').update(der).digest('hex') !== fingerprint) continue;
      writeFileSync(join(folder, 'message'), 'What OpenSC signs with a downloaded certificate.\n');
      const { publicKey } = new X509Certificate(der);
      const isRsa = publicKey.asymmetricKeyType === 'rsa';
      const how = isRsa ? ['-m', 'SHA256-RSA-PKCS'] : ['-m', 'ECDSA-SHA256', '--signature-format', 'openssl'];
      await pkcs11('-l', '-p', pin, '-s', ...how, '--id', id, '-i', 'message', '-o', 'signature');
      const verify = createVerify('sha256').update(readFileSync(join(folder, 'message')));
      if (verify.verify(publicKey, readFileSync(join(folder, 'signature')))) return;
      throw new Error('the signature is not by the key of the certificate');
    }
    throw new Error(`OpenSC does not list the certificate:\n${listed}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
