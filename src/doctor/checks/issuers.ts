import type { DoctorFinding } from '../../model/doctor.js';
import { doctorFinding, type DoctorCode } from '../../model/doctor-codes.js';
import { hostOf, type ConfiguredAddress, type Visit, type Visits } from '../configured-address.js';
import type { DoctorCheck } from '../doctor-check.js';

const slowMs = 2000;

/** Whether each configured address can be reached, believed, and answers. */
export function checkIssuers({ addresses, visit }: Visits): DoctorCheck {
  return {
    name: 'issuers',
    boundMs: 30_000,
    run: async () => {
      const all = await addresses();
      if (all.length === 0) return { notTried: doctorFinding('issuers.none') };
      const found = await Promise.all(all.map(async (address) => findingOf(address, await visit(address))));
      return distinct(found.filter((finding) => finding !== undefined));
    },
  };
}

function findingOf(address: ConfiguredAddress, visit: Visit): DoctorFinding<DoctorCode> | undefined {
  const { service, kind } = address;
  const host = hostOf(address);
  if (visit.answered) {
    if (visit.status >= 500) {
      const { status } = visit;
      return kind === 'revocation'
        ? doctorFinding('issuers.revocation', { host, service, status })
        : doctorFinding('issuers.answer', { host, service, status });
    }
    if (visit.milliseconds < slowMs) return undefined;
    return doctorFinding('issuers.slow', { host, service, seconds: Math.round(visit.milliseconds / 1000) });
  }
  const { family, reason, path } = visit;
  if (family === 'ca-file') return doctorFinding('issuers.ca-file', { service, path, reason });
  // It has answered, and after it had shown who it is; a list is longer than is read here.
  if (family === 'response') return undefined;
  if (kind === 'revocation') return doctorFinding('issuers.revocation', { host, service, reason });
  return doctorFinding(family === 'tls' ? 'issuers.tls' : 'issuers.unreachable', { host, service, reason });
}

/** Several addresses of one server fail in the same way. */
function distinct(findings: readonly DoctorFinding<DoctorCode>[]): readonly DoctorFinding<DoctorCode>[] {
  return [...new Map(findings.map((finding) => [JSON.stringify([finding.code, finding.fields]), finding])).values()];
}
