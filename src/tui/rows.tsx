import { Box, Text } from 'ink';

/** Rows of text that are as long as they may be: what a layout made is cut nowhere else. */
export function Rows({ rows }: { readonly rows: readonly string[] }) {
  return (
    <Box flexDirection="column">
      {rows.map((row, index) => (
        <Text key={index} wrap="truncate">
          {row === '' ? ' ' : row}
        </Text>
      ))}
    </Box>
  );
}
