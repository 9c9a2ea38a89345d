/** A request (JSON-RPC 2.0 §4), or a notification when it has no id. */
export interface RpcRequest {
  readonly jsonrpc: '2.0';
  readonly id?: number;
  readonly method: string;
  readonly params?: unknown;
}

/** The error object of an answer (JSON-RPC 2.0 §5.1); `data` carries our own code and facts. */
export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data: {
    readonly code: string;
    readonly fields: Readonly<Record<string, unknown>>;
    readonly retriable: boolean;
  };
}

/** An answer (JSON-RPC 2.0 §5). */
export interface RpcAnswer {
  readonly jsonrpc: '2.0';
  readonly id: number | null;
  readonly result?: unknown;
  readonly error?: RpcError;
}
