import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A web site on a loopback port, which the test fills. */
export interface TestSite {
  readonly origin: string;
  /** By path, without the query; any other path is an empty page. */
  readonly pages: Map<string, (request: IncomingMessage, response: ServerResponse) => void>;
  close(): Promise<void>;
}

export async function startTestSite(): Promise<TestSite> {
  const pages: TestSite['pages'] = new Map();
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'text/html');
    const answer = pages.get(request.url?.split('?')[0] ?? '');
    if (answer) answer(request, response);
    else response.end('<!doctype html><title>TEST page</title>');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pages,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A page that is nothing but this HTML, with its headers. */
export const htmlPage =
  (body: string, headers: Readonly<Record<string, string>> = {}) =>
  (_request: IncomingMessage, response: ServerResponse): void => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.end(`<!doctype html><title>TEST page</title>${body}`);
  };
