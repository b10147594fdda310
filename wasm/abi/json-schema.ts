/**
 * The memory blocks by which a JSON schema, its output columns and the parser's state travel to `json_parse`. Used by the
 * kernel (AssemblyScript) and by kernel/arrow/json (TypeScript), so it holds nothing but integer constants. All fields are
 * u32 unless noted; pointers are byte offsets into engine memory.
 *
 * A node, one per (nested) field; the children of a struct lie side by side:
 * ```
 *   0 kind          4 flags         8 nulls: bitmap, 1 = null       12 values: fixed values, bits, or i32 offsets
 *  16 data         20 capacity: bytes of data, or elements of a list's child
 *  24 children     28 childCount   32 parent                        36 seen: epoch of the object that last had the key
 *  40 hasNulls     44 precision    48 scale                         52 key: UTF-8 of the field's name   56 keyBytes
 *  64 keyPrefix: u64, first 8 bytes of the key, zero-padded
 *  72 minuteMicros: i64    80 minuteText: 16 bytes, `YYYY-MM-DDTHH:MM` whose µs are minuteMicros
 * ```
 * List and map nodes have one child; a map's is a struct(key, value). `offsets[0]` of bytes and lists is 0.
 *
 * The state:
 * ```
 *   0 inputOffsets  4 inputData     8 inputValidity (0: none)       12 row: next one       16 rowEnd
 *  20 root node    24 bad: bitmap of damaged records               28 blank: bitmap of null or empty documents
 *  32 badCount     36 blankCount   40 fixups      44 fixupCount     48 fixupCapacity
 *  52 template     56 templateCount: literals, 0 = none             60 absentCount   64 templateHits   68 templateMisses
 *  72 epoch        76 flags        80 fullNode: 0 = the fixups      84 bytesWanted
 *  88 zoneMicros: i64, offset of the session's zone                 96 mantissa: u64  104 exponent: i32   108 number flags
 * 112 scratch: keyScratchBytes for keys with escapes
 * ```
 *
 * A fix-up is a value that the kernel leaves to TypeScript (17-digit doubles, unusual timestamps, base64):
 * ```
 *   0 node   4 index: row of the node's column   8 text   12 textBytes   16 row: of the batch   20 form
 * ```
 *
 * A template is the skeleton of the row parsed last: per field a literal (what lies between the previous value and this
 * one) and the node that takes the value (0: skipped), and a last literal. After them the nodes that the row lacks.
 * ```
 *   0 node   4 literalBytes   16 literal: 64 bytes   80 mask: 64 bytes, 0xff where the literal has a byte
 * ```
 */
export const NODE_KIND = 0;
export const NODE_FLAGS = 4;
export const NODE_NULLS = 8;
export const NODE_VALUES = 12;
export const NODE_DATA = 16;
export const NODE_CAPACITY = 20;
export const NODE_CHILDREN = 24;
export const NODE_CHILD_COUNT = 28;
export const NODE_PARENT = 32;
export const NODE_SEEN = 36;
export const NODE_HAS_NULLS = 40;
export const NODE_PRECISION = 44;
export const NODE_SCALE = 48;
export const NODE_KEY = 52;
export const NODE_KEY_BYTES = 56;
export const NODE_KEY_PREFIX = 64;
export const NODE_MINUTE_MICROS = 72;
export const NODE_MINUTE_TEXT = 80;
export const NODE_BYTES = 96;

/** The node's null bits are written for valid values too: it lies inside a list or struct and rows are rewritten. */
export const NODE_WRITES_VALID = 1;

export const KIND_STRING = 0;
export const KIND_TIMESTAMP = 1;
export const KIND_BOOLEAN = 2;
export const KIND_BYTE = 3;
export const KIND_SHORT = 4;
export const KIND_INT = 5;
export const KIND_LONG = 6;
export const KIND_FLOAT = 7;
export const KIND_DOUBLE = 8;
export const KIND_DECIMAL = 9;
export const KIND_BINARY = 10;
export const KIND_DATE = 11;
export const KIND_TIMESTAMP_NTZ = 12;
export const KIND_VOID = 13;
export const KIND_STRUCT = 14;
export const KIND_ARRAY = 15;
export const KIND_MAP = 16;

export const STATE_INPUT_OFFSETS = 0;
export const STATE_INPUT_DATA = 4;
export const STATE_INPUT_VALIDITY = 8;
export const STATE_ROW = 12;
export const STATE_ROW_END = 16;
export const STATE_ROOT = 20;
export const STATE_BAD = 24;
export const STATE_BLANK = 28;
export const STATE_BAD_COUNT = 32;
export const STATE_BLANK_COUNT = 36;
export const STATE_FIXUPS = 40;
export const STATE_FIXUP_COUNT = 44;
export const STATE_FIXUP_CAPACITY = 48;
export const STATE_TEMPLATE = 52;
export const STATE_TEMPLATE_COUNT = 56;
export const STATE_ABSENT_COUNT = 60;
export const STATE_TEMPLATE_HITS = 64;
export const STATE_TEMPLATE_MISSES = 68;
export const STATE_EPOCH = 72;
export const STATE_FLAGS = 76;
export const STATE_FULL_NODE = 80;
export const STATE_BYTES_WANTED = 84;
export const STATE_ZONE_MICROS = 88;
export const STATE_MANTISSA = 96;
export const STATE_EXPONENT = 104;
export const STATE_NUMBER_FLAGS = 108;
export const STATE_SCRATCH = 112;
/** Keys with escapes are decoded here; longer ones match no field. */
export const SCRATCH_BYTES = 1024;
export const STATE_BYTES = 1136;

/** The session's zone has one offset, `zoneMicros`; otherwise timestamps without a zone are fix-ups. */
export const FLAG_FIXED_ZONE = 1;
/** A date or timestamp has a pattern of its own: every one is a fix-up. */
export const FLAG_CUSTOM_TIMES = 2;
/** `primitivesAsString` and friends never reach the kernel; this one makes `NaN`, `Infinity` and `-INF` numbers. */
export const FLAG_NON_NUMERIC = 4;
/** `'` quotes strings and keys too. */
export const FLAG_SINGLE_QUOTES = 8;

export const FIXUP_NODE = 0;
export const FIXUP_INDEX = 4;
export const FIXUP_TEXT = 8;
export const FIXUP_TEXT_BYTES = 12;
export const FIXUP_ROW = 16;
export const FIXUP_FORM = 20;
export const FIXUP_BYTES = 24;
export const FORM_NUMBER = 0;
/** The text between the quotes, which may hold escapes. */
export const FORM_STRING = 1;

export const TEMPLATE_NODE = 0;
export const TEMPLATE_LITERAL_BYTES = 4;
export const TEMPLATE_LITERAL = 16;
export const TEMPLATE_MASK = 80;
export const TEMPLATE_ENTRY_BYTES = 144;
export const TEMPLATE_LITERAL_MAX = 64;
export const TEMPLATE_ENTRIES_MAX = 64;
export const TEMPLATE_ABSENT_MAX = 256;
/** Entries, then the pointers of absent nodes. */
export const TEMPLATE_BYTES = 10240;

/** json_parse's answers: all rows are done; a buffer is full: enlarge that of fullNode to bytesWanted and call again. */
export const JSON_DONE = 0;
export const JSON_FULL = 1;

/** Objects and arrays nested deeper than this make a damaged record. */
export const JSON_DEPTH_MAX = 512;
