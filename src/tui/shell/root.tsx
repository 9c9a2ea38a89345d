import { useSyncExternalStore } from 'react';
import { Box } from 'ink';
import { rowsOf, ownText } from '../../terminal/layout/screen-block.js';
import { Rows } from '../rows.js';
import type { FaceSource, Picture } from './face.js';
import { keyRow, saidRows, titleRow } from './frame-rows.js';

/** Below this nothing but a prompt, which has rules of its own, can be shown. */
const fewestColumns = 40;
const fewestRows = 10;
/** Title, an empty row, and the keys. */
const framing = 3;
/** A sentence that is longer than a row takes some of the screen's. */
const mostSaid = 3;

/** Whatever stands in front, over the whole window. */
export function Root({ source }: { readonly source: FaceSource }) {
  useSyncExternalStore(
    (listener) => source.onPicture(listener),
    () => source.version(),
  );
  const picture = source.picture();
  const { columns, rows } = source.size();
  if (picture.kind === 'rows') return <Rows rows={picture.rows} />;
  if (columns < fewestColumns || rows < fewestRows) {
    return <Rows rows={rowsOf(ownText('kept', source.tooSmall), columns).slice(0, rows)} />;
  }
  return <Framed source={source} picture={picture} />;
}

function Framed({
  source,
  picture,
}: {
  readonly source: FaceSource;
  readonly picture: Extract<Picture, { readonly kind: 'screen' }>;
}) {
  const { columns, rows } = source.size();
  const { View } = picture.screen;
  const said = saidRows(picture.said, columns, mostSaid);
  const room = { columns, rows: rows - framing - said.length };
  return (
    <Box flexDirection="column" width={columns} height={rows}>
      <Rows rows={[titleRow(picture, columns, source), '']} />
      <Box flexDirection="column" height={room.rows}>
        <View size={room} />
      </Box>
      <Rows rows={[...said, keyRow(picture.keys, columns, source)]} />
    </Box>
  );
}
