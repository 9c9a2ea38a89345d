/*
 * A PKCS#11 module with one token, or one that stands before another module (KORT_FAULT_BEHIND, its path). The file that
 * KORT_FAULT names says how it misbehaves, read anew at every call, one rule a line:
 *   C_Name crash | hang | flood | scribble | 0xRV    (scribble: nonsense frames on every open handle)
 *   C_Name 0xRV@N                          only at the Nth call of the process
 *   flags 0x...                            PIN bits of CK_TOKEN_INFO
 *   count N                                number of slots claimed
 *   label-junk 1                           fields without blanks, with escape codes and invalid UTF-8
 *   objects 1                              every search finds objects without end
 *   value-bytes N                          length of every attribute
 *   restless 1                             another serial number at every look
 *   absent 1                               the token has been pulled, which C_WaitForSlotEvent tells
 * Every call is appended to the file KORT_FAULT with `.calls` at its end.
 */
#include <dlfcn.h>
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
  char *at = strchr(word, '@');
  if (at != NULL) {
    static unsigned long calls = 0;
    calls += 1;
    if (calls != strtoul(at + 1, NULL, 0)) return CKR_OK;
    *at = 0;
  }
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
  MISBEHAVE("C_GetSlotList");
  unsigned long claimed = rule("count", word, sizeof word);
  if (word[0] == 0) claimed = 1;
  if (present && rule("absent", word, sizeof word) != 0) claimed = 0;
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
  if (rule("absent", word, sizeof word) != 0) return CKR_TOKEN_NOT_PRESENT;
  memset(info, 0, sizeof *info);
  fill(info->label, 32, "TEST token");
  fill(info->manufacturerID, 32, "TEST");
  fill(info->model, 16, "TEST model");
  fill(info->serialNumber, 16, "A0B1C2D3E4F50718");
  if (rule("restless", word, sizeof word) != 0) {
    static unsigned looks = 0;
    char serial[17];
    snprintf(serial, sizeof serial, "%016u", looks += 1);
    memcpy(info->serialNumber, serial, 16);
  }
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
  char word[64];
  (void)session; (void)object;
  MISBEHAVE("C_GetAttributeValue");
  unsigned long length = rule("value-bytes", word, sizeof word);
  for (unsigned long at = 0; at < n; at += 1) {
    if (list[at].pValue != NULL) memset(list[at].pValue, 0x30, list[at].ulValueLen);
    list[at].ulValueLen = length == 0 ? 4000 : length;
  }
  return CKR_OK;
}
static CK_RV wait_for_slot_event(CK_FLAGS flags, CK_SLOT_ID *slot, void *reserved) {
  static unsigned long before = 0;
  char word[64];
  (void)flags; (void)reserved;
  MISBEHAVE("C_WaitForSlotEvent");
  unsigned long now = rule("absent", word, sizeof word);
  if (now == before) return CKR_NO_EVENT;
  before = now;
  *slot = 1;
  return CKR_OK;
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

/* Before another module: its functions, each after a look at the rules. */
static CK_FUNCTION_LIST *behind;
#define FORWARD(name, parameters, arguments) \
  static CK_RV forward_##name parameters { MISBEHAVE("C_" #name); return behind->C_##name arguments; }

FORWARD(GetSlotList, (CK_BBOOL present, CK_SLOT_ID *list, unsigned long *count), (present, list, count))
FORWARD(GetSlotInfo, (CK_SLOT_ID slot, CK_SLOT_INFO *info), (slot, info))
FORWARD(GetTokenInfo, (CK_SLOT_ID slot, CK_TOKEN_INFO *info), (slot, info))
FORWARD(OpenSession, (CK_SLOT_ID slot, CK_FLAGS flags, void *app, CK_NOTIFY notify, CK_SESSION_HANDLE *session),
        (slot, flags, app, notify, session))
FORWARD(CloseSession, (CK_SESSION_HANDLE session), (session))
FORWARD(GetSessionInfo, (CK_SESSION_HANDLE session, CK_SESSION_INFO *info), (session, info))
FORWARD(Login, (CK_SESSION_HANDLE session, CK_USER_TYPE user, unsigned char *pin, unsigned long length),
        (session, user, pin, length))
FORWARD(Logout, (CK_SESSION_HANDLE session), (session))
FORWARD(SetPIN, (CK_SESSION_HANDLE session, unsigned char *old, unsigned long o, unsigned char *next, unsigned long n),
        (session, old, o, next, n))
FORWARD(FindObjectsInit, (CK_SESSION_HANDLE session, CK_ATTRIBUTE *list, unsigned long count), (session, list, count))
FORWARD(FindObjects, (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *found, unsigned long max, unsigned long *count),
        (session, found, max, count))
FORWARD(SignInit, (CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key), (session, mechanism, key))
FORWARD(Sign,
        (CK_SESSION_HANDLE session, unsigned char *data, unsigned long n, unsigned char *signature, unsigned long *length),
        (session, data, n, signature, length))
FORWARD(DecryptInit, (CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key),
        (session, mechanism, key))
FORWARD(GenerateKeyPair,
        (CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_ATTRIBUTE *public, unsigned long p,
         CK_ATTRIBUTE *private, unsigned long q, CK_OBJECT_HANDLE *public_key, CK_OBJECT_HANDLE *private_key),
        (session, mechanism, public, p, private, q, public_key, private_key))
FORWARD(CreateObject,
        (CK_SESSION_HANDLE session, CK_ATTRIBUTE *list, unsigned long count, CK_OBJECT_HANDLE *object),
        (session, list, count, object))

FORWARD(DestroyObject, (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object), (session, object))

static CK_RV stand_before(const char *path) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  CK_RV (*get)(CK_FUNCTION_LIST **) = NULL;
  if (library != NULL) *(void **)&get = dlsym(library, "C_GetFunctionList");
  if (get == NULL || get(&behind) != CKR_OK) return CKR_GENERAL_ERROR;
  functions = *behind;
#define STAND(name) functions.C_##name = forward_##name
  STAND(GetSlotList); STAND(GetSlotInfo); STAND(GetTokenInfo); STAND(OpenSession); STAND(CloseSession);
  STAND(GetSessionInfo); STAND(Login); STAND(Logout); STAND(SetPIN); STAND(FindObjectsInit); STAND(FindObjects);
  STAND(SignInit); STAND(Sign); STAND(DecryptInit); STAND(GenerateKeyPair); STAND(CreateObject);
  STAND(DestroyObject);
  return CKR_OK;
}

CK_RV C_GetFunctionList(CK_FUNCTION_LIST **list) {
  const char *path = getenv("KORT_FAULT_BEHIND");
  *list = &functions;
  return path == NULL ? CKR_OK : stand_before(path);
}
