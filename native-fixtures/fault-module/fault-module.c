/*
 * A PKCS#11 module with one token. The file that KORT_FAULT names says how it misbehaves, read anew at every call, one
 * rule a line:
 *   C_Name crash | hang | flood | scribble | 0xRV    (scribble: nonsense frames on every open handle)
 *   flags 0x...                            PIN bits of CK_TOKEN_INFO
 *   count N                                number of slots claimed
 *   label-junk 1                           fields without blanks, with escape codes and invalid UTF-8
 * Every call is appended to the file KORT_FAULT with `.calls` at its end.
 */
#include <fcntl.h>
#include <p11-kit/pkcs11.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static unsigned long rule(const char *name, char *word, size_t size) {
  const char *path = getenv("KORT_FAULT");
  char line[256], key[64], value[64];
  unsigned long found = 0;
  FILE *file = path == NULL ? NULL : fopen(path, "re");
  word[0] = 0;
  if (file == NULL) return 0;
  while (fgets(line, sizeof line, file) != NULL) {
    if (sscanf(line, "%63s %63s", key, value) != 2 || strcmp(key, name) != 0) continue;
    snprintf(word, size, "%s", value);
    found = strtoul(value, NULL, 0);
  }
  fclose(file);
  return found;
}

static void record(const char *name) {
  char path[512];
  const char *base = getenv("KORT_FAULT");
  if (base == NULL) return;
  snprintf(path, sizeof path, "%s.calls", base);
  int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) return;
  dprintf(fd, "%s\n", name);
  close(fd);
}

static CK_RV misbehave(const char *name) {
  char word[64];
  record(name);
  unsigned long rv = rule(name, word, sizeof word);
  if (strcmp(word, "crash") == 0) *(volatile int *)0 = 1;
  if (strcmp(word, "hang") == 0) for (;;) pause();
  if (strcmp(word, "flood") == 0) for (;;) {
    static char junk[65536];
    if (write(1, junk, sizeof junk) < 0 || write(2, junk, sizeof junk) < 0) _exit(1);
  }
  if (strcmp(word, "scribble") == 0) {
    static char junk[65536];
    memset(junk, 0x41, sizeof junk);
    for (int fd = 3; fd < 64; fd += 1) if (write(fd, junk, sizeof junk) < 0) continue;
  }
  return rv;
}

#define MISBEHAVE(name) do { CK_RV rv_ = misbehave(name); if (rv_ != CKR_OK) return rv_; } while (0)

static void fill(unsigned char *field, size_t size, const char *text) {
  char word[64];
  if (rule("label-junk", word, sizeof word) != 0) {
    for (size_t at = 0; at < size; at += 1) field[at] = at % 3 == 0 ? 0x1b : at % 3 == 1 ? 0xff : '[';
    return;
  }
  memset(field, ' ', size);
  memcpy(field, text, strlen(text));
}

static CK_RV initialize(void *args) { (void)args; MISBEHAVE("C_Initialize"); return CKR_OK; }
static CK_RV finalize(void *reserved) { (void)reserved; return CKR_OK; }
static CK_RV get_info(CK_INFO *info) {
  MISBEHAVE("C_GetInfo");
  memset(info, 0, sizeof *info);
  fill(info->manufacturerID, 32, "TEST");
  fill(info->libraryDescription, 32, "TEST fault module");
  return CKR_OK;
}
static CK_RV get_slot_list(unsigned char present, CK_SLOT_ID *list, unsigned long *count) {
  char word[64];
  (void)present;
  MISBEHAVE("C_GetSlotList");
  unsigned long claimed = rule("count", word, sizeof word);
  if (word[0] == 0) claimed = 1;
  if (list != NULL) for (unsigned long at = 0; at < claimed; at += 1) list[at] = at + 1;
  *count = claimed;
  return CKR_OK;
}
static CK_RV get_slot_info(CK_SLOT_ID slot, CK_SLOT_INFO *info) {
  (void)slot;
  MISBEHAVE("C_GetSlotInfo");
  memset(info, 0, sizeof *info);
  fill(info->slotDescription, 64, "TEST reader");
  return CKR_OK;
}
static CK_RV get_token_info(CK_SLOT_ID slot, CK_TOKEN_INFO *info) {
  char word[64];
  (void)slot;
  MISBEHAVE("C_GetTokenInfo");
  memset(info, 0, sizeof *info);
  fill(info->label, 32, "TEST token");
  fill(info->manufacturerID, 32, "TEST");
  fill(info->model, 16, "TEST model");
  fill(info->serialNumber, 16, "A0B1C2D3E4F50718");
  info->flags = CKF_LOGIN_REQUIRED | CKF_TOKEN_INITIALIZED | CKF_USER_PIN_INITIALIZED | rule("flags", word, sizeof word);
  info->ulMinPinLen = 6;
  info->ulMaxPinLen = 8;
  return CKR_OK;
}
static CK_RV get_mechanism_list(CK_SLOT_ID slot, CK_MECHANISM_TYPE *list, unsigned long *count) {
  (void)slot; (void)list;
  MISBEHAVE("C_GetMechanismList");
  *count = 0;
  return CKR_OK;
}
static CK_RV open_session(CK_SLOT_ID slot, CK_FLAGS flags, void *app, CK_NOTIFY notify, CK_SESSION_HANDLE *session) {
  (void)slot; (void)flags; (void)app; (void)notify;
  MISBEHAVE("C_OpenSession");
  *session = 1;
  return CKR_OK;
}
static CK_RV close_session(CK_SESSION_HANDLE session) { (void)session; MISBEHAVE("C_CloseSession"); return CKR_OK; }
static CK_RV get_session_info(CK_SESSION_HANDLE session, CK_SESSION_INFO *info) {
  (void)session;
  MISBEHAVE("C_GetSessionInfo");
  memset(info, 0, sizeof *info);
  return CKR_OK;
}
static CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE user, unsigned char *pin, unsigned long length) {
  (void)session; (void)user; (void)pin; (void)length;
  MISBEHAVE("C_Login");
  return CKR_OK;
}
static CK_RV logout(CK_SESSION_HANDLE session) { (void)session; MISBEHAVE("C_Logout"); return CKR_OK; }
static CK_RV set_pin(CK_SESSION_HANDLE s, unsigned char *o, unsigned long ol, unsigned char *n, unsigned long nl) {
  (void)s; (void)o; (void)ol; (void)n; (void)nl;
  MISBEHAVE("C_SetPIN");
  return CKR_OK;
}
static CK_RV find_init(CK_SESSION_HANDLE session, CK_ATTRIBUTE *template, unsigned long count) {
  (void)session; (void)template; (void)count;
  MISBEHAVE("C_FindObjectsInit");
  return CKR_OK;
}
static CK_RV find(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *found, unsigned long max, unsigned long *count) {
  char word[64];
  (void)session; (void)max;
  MISBEHAVE("C_FindObjects");
  *count = rule("objects", word, sizeof word) != 0;
  *found = 7;
  return CKR_OK;
}
static CK_RV find_final(CK_SESSION_HANDLE session) { (void)session; MISBEHAVE("C_FindObjectsFinal"); return CKR_OK; }
static CK_RV get_attributes(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *list, unsigned long n) {
  (void)session; (void)object;
  MISBEHAVE("C_GetAttributeValue");
  for (unsigned long at = 0; at < n; at += 1) {
    if (list[at].pValue != NULL) memset(list[at].pValue, 0x30, list[at].ulValueLen);
    list[at].ulValueLen = 4000;
  }
  return CKR_OK;
}
static CK_RV wait_for_slot_event(CK_FLAGS flags, CK_SLOT_ID *slot, void *reserved) {
  (void)flags; (void)slot; (void)reserved;
  MISBEHAVE("C_WaitForSlotEvent");
  return CKR_FUNCTION_NOT_SUPPORTED;
}

static CK_FUNCTION_LIST functions = {
  .version = { 2, 40 },
  .C_Initialize = initialize, .C_Finalize = finalize, .C_GetInfo = get_info,
  .C_GetSlotList = get_slot_list, .C_GetSlotInfo = get_slot_info, .C_GetTokenInfo = get_token_info,
  .C_GetMechanismList = get_mechanism_list, .C_OpenSession = open_session, .C_CloseSession = close_session,
  .C_GetSessionInfo = get_session_info, .C_Login = login, .C_Logout = logout, .C_SetPIN = set_pin,
  .C_FindObjectsInit = find_init, .C_FindObjects = find, .C_FindObjectsFinal = find_final,
  .C_GetAttributeValue = get_attributes, .C_WaitForSlotEvent = wait_for_slot_event,
};

CK_RV C_GetFunctionList(CK_FUNCTION_LIST **list) { *list = &functions; return CKR_OK; }
