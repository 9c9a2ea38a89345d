/** ES2024, which every supported Node has. */
type Resizable = ArrayBuffer & { resize(bytes: number): void };
type ResizableConstructor = new (bytes: number, options: { readonly maxByteLength: number }) => Resizable;

/** Bytes whose memory can be given back at once by {@link giveBack}: for long ones, as the garbage collector is in no hurry. */
export function newReturnableBytes(size: number): Uint8Array {
  return new Uint8Array(new (ArrayBuffer as unknown as ResizableConstructor)(size, { maxByteLength: size }));
}

/** Gives the memory of {@link newReturnableBytes} back; nothing of them can be read any more. */
export function giveBack({ buffer }: Uint8Array): void {
  (buffer as Resizable).resize(0);
}
