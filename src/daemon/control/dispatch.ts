import { randomBytes } from 'node:crypto';
import { isMiddlewareError, MiddlewareError } from '../../core/errors.js';
import type { Logger } from '../../core/ports.js';
import type { RpcAnswer, RpcError } from '../../control-contract/envelope.js';
import type { ControlMethod } from '../../control-contract/methods.js';
import { methodSchemas, rpcRequest } from '../../control-contract/schemas.js';
import type { ControlCaller, ControlHandlers } from './handlers.js';
import { nestsDeeperThan } from '../json-depth.js';

const maxDepth = 16;

/** One request that parsed. */
interface Request {
  readonly id: number | undefined;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/**
 * Reads one request.
 *
 * @throws {MiddlewareError} ERR_IPC_PROTOCOL when the text is no JSON-RPC 2.0 request or nests too deep.
 */
export function readRequest(text: string): Request {
  if (nestsDeeperThan(text, maxDepth)) throw new MiddlewareError('ERR_IPC_PROTOCOL', 'JSON nests too deep');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // The parser's message quotes the text, so it is not kept.
    throw new MiddlewareError('ERR_IPC_PROTOCOL', 'Frame is not JSON');
  }
  const parsed = rpcRequest.safeParse(json);
  if (!parsed.success) throw new MiddlewareError('ERR_IPC_PROTOCOL', 'Frame is not a request');
  return { id: parsed.data.id, method: parsed.data.method, params: parsed.data.params ?? {} };
}

/** Carries out a request and makes its answer; never rejects. */
export async function answerRequest(
  request: Request,
  handlers: ControlHandlers,
  caller: ControlCaller,
  logger: Logger,
): Promise<RpcAnswer> {
  const id = request.id ?? null;
  try {
    if (!isMethod(request.method)) throw methodNotFound(request.method);
    return { jsonrpc: '2.0', id, result: await callHandler(request.method, request.params, handlers, caller) };
  } catch (error) {
    return { jsonrpc: '2.0', id, error: describeError(error, request.method, logger) };
  }
}

async function callHandler(
  method: ControlMethod,
  params: unknown,
  handlers: ControlHandlers,
  caller: ControlCaller,
): Promise<unknown> {
  // The schema of a method proves the type of its parameters, which TypeScript cannot follow over the union.
  const handler = handlers[method] as ((given: unknown, caller: ControlCaller) => unknown) | undefined;
  if (handler === undefined) throw methodNotFound(method);
  const given = methodSchemas[method].params.safeParse(params);
  if (!given.success) {
    const where = given.error.issues[0]?.path.join('.') ?? '';
    throw new MiddlewareError('ERR_IPC_INVALID_PARAMETERS', `Invalid parameters of ${method}`, {
      fields: { method, ...(where === '' ? {} : { detail: where }) },
    });
  }
  return methodSchemas[method].result.parse(await handler(given.data, caller));
}

/** The wire form of a failure (JSON-RPC 2.0 §5.1); what nobody foresaw becomes ERR_INTERNAL with an incident number. */
function describeError(error: unknown, method: string, logger: Logger): RpcError {
  if (!isMiddlewareError(error)) {
    const incident = randomBytes(4).toString('hex');
    logger.error({ error, method, incident }, 'Control request failed unexpectedly');
    return {
      code: -32603,
      message: 'Internal error',
      data: { code: 'ERR_INTERNAL', fields: { incident }, retriable: false },
    };
  }
  const { code, fields, retriable, message } = error;
  const number = code === 'ERR_IPC_METHOD_NOT_FOUND' ? -32601 : code === 'ERR_IPC_INVALID_PARAMETERS' ? -32602 : -32000;
  return { code: number, message, data: { code, fields, retriable } };
}

function isMethod(name: string): name is ControlMethod {
  return Object.hasOwn(methodSchemas, name);
}

function methodNotFound(method: string): MiddlewareError {
  return new MiddlewareError('ERR_IPC_METHOD_NOT_FOUND', 'No such method', { fields: { method } });
}
