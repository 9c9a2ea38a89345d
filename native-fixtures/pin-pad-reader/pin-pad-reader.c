/*
 * A reader with a keypad and a card, as pcscd loads it: ifdhandler.h of pcsc-lite 1.9, declared here because its
 * header is not installed everywhere. See README.md.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef unsigned long DWORD;
typedef unsigned char UCHAR;
typedef long RESPONSECODE;
typedef struct {
	DWORD protocol;
	DWORD length;
} IO_HEADER;

enum {
	IFD_SUCCESS = 0,
	IFD_ERROR_TAG = 600,
	IFD_COMMUNICATION_ERROR = 612,
	IFD_NOT_SUPPORTED = 614,
	IFD_ICC_PRESENT = 615,
	IFD_ICC_NOT_PRESENT = 616,
	IFD_ERROR_INSUFFICIENT_BUFFER = 618,
	POWER_UP = 500,
	POWER_DOWN = 501,
	POWER_RESET = 502,
	TAG_SLOTS_NUMBER = 0x0fae,
	TAG_SIMULTANEOUS_ACCESS = 0x0faf,
};

#define GET_FEATURE_REQUEST (0x42000000 + 3400)
#define VERIFY_PIN_DIRECT 0x42330006
#define MODIFY_PIN_DIRECT 0x42330007
#define GET_TLV_PROPERTIES 0x42330012
#define PIN_BLOCK 16
#define MAX_TRIES 5

static const UCHAR atr[] = {0x3b, 0x7f, 0x96, 0x00, 0x00, 0x80, 0x31, 0x80, 0x65, 0xb0,
			    0x85, 0x59, 0x56, 0xfb, 0x12, 0x0f, 0xfe, 0x82, 0x90, 0x00};
static const UCHAR features[] = {0x06, 4, 0x42, 0x33, 0x00, 0x06, 0x07, 4, 0x42, 0x33, 0x00, 0x07, 0x12, 4, 0x42, 0x33, 0x00, 0x12};
static const UCHAR properties[] = {0x06, 1, 4, 0x07, 1, 16, 0x0a, 4, 0x00, 0x00, 0x01, 0x00};
/* PC/SC part 10 section 2.5.2 and 2.5.3, up to the PIN blocks. */
static const UCHAR verify_head[] = {30, 30, 0x82, 0, 0, 16, 4, 2, 0, 0, 0, 0, 0, 0, 0, 21, 0, 0, 0, 0x00, 0x20, 0x00, 0x11, 16};
static const UCHAR modify_head[] = {30, 30, 0x02, 0, 0, 0, 16, 16, 4, 3, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 37, 0, 0, 0, 0x00, 0x24, 0x00, 0x11, 32};

static UCHAR pin[PIN_BLOCK] = "1234";
static int tries = MAX_TRIES;
static int verified;

static const char *path_of(const char *name)
{
	static char path[4096];
	const char *folder = getenv("KORT_PAD_FOLDER");
	snprintf(path, sizeof path, "%s/%s", folder == NULL ? "/nowhere" : folder, name);
	return path;
}

static int card_is_in(void)
{
	return access(path_of("card"), F_OK) == 0;
}

static RESPONSECODE answer(UCHAR *buffer, DWORD room, DWORD *length, const UCHAR *bytes, DWORD count)
{
	if (count > room)
		return IFD_ERROR_INSUFFICIENT_BUFFER;
	memcpy(buffer, bytes, count);
	*length = count;
	return IFD_SUCCESS;
}

static RESPONSECODE status(UCHAR *buffer, DWORD room, DWORD *length, unsigned int word)
{
	const UCHAR bytes[] = {(UCHAR)(word >> 8), (UCHAR)word};
	return answer(buffer, room, length, bytes, sizeof bytes);
}

/* The card: one PIN. */
static unsigned int check_pin(const UCHAR *block)
{
	verified = 0;
	if (tries == 0)
		return 0x6983;
	if (memcmp(block, pin, PIN_BLOCK) != 0) {
		tries -= 1;
		return 0x63c0 + tries;
	}
	tries = MAX_TRIES;
	verified = 1;
	return 0x9000;
}

/* What is typed; 0 when the card is pulled before. */
static int read_keys(char *keys, size_t room)
{
	for (int waited = 0; waited < 20000; waited += 20) {
		FILE *file = fopen(path_of("keys"), "r");
		if (!card_is_in()) {
			if (file != NULL)
				fclose(file);
			return 0;
		}
		if (file != NULL) {
			size_t count = fread(keys, 1, room - 1, file);
			keys[count] = '\0';
			fclose(file);
			unlink(path_of("keys"));
			return 1;
		}
		usleep(20000);
	}
	strcpy(keys, "timeout");
	return 1;
}

static void to_block(const char *digits, UCHAR *block)
{
	memset(block, 0, PIN_BLOCK);
	memcpy(block, digits, strnlen(digits, PIN_BLOCK));
}

static unsigned int take_pin(int changes, const char *keys)
{
	char typed[3][17] = {"", "", ""};
	UCHAR block[PIN_BLOCK];
	if (sscanf(keys, "%16s %16s %16s", typed[0], typed[1], typed[2]) < (changes ? 3 : 1))
		return 0x6403;
	if (changes && strcmp(typed[1], typed[2]) != 0)
		return 0x6402;
	to_block(typed[0], block);
	const unsigned int word = check_pin(block);
	if (changes && word == 0x9000)
		to_block(typed[1], pin);
	return word;
}

static int is_zero(const UCHAR *bytes, DWORD count)
{
	for (DWORD at = 0; at < count; at += 1)
		if (bytes[at] != 0)
			return 0;
	return 1;
}

static RESPONSECODE pin_entry(int changes, const UCHAR *input, DWORD count, UCHAR *output, DWORD room, DWORD *length)
{
	const UCHAR *head = changes ? modify_head : verify_head;
	const DWORD head_length = changes ? sizeof modify_head : sizeof verify_head;
	const DWORD blocks = changes ? 2 * PIN_BLOCK : PIN_BLOCK;
	char keys[64];
	if (count != head_length + blocks || memcmp(input, head, head_length) != 0 || !is_zero(input + head_length, blocks))
		return status(output, room, length, 0x6b80);
	if (!read_keys(keys, sizeof keys))
		return IFD_COMMUNICATION_ERROR;
	if (strcmp(keys, "cancel") == 0)
		return status(output, room, length, 0x6401);
	if (strcmp(keys, "timeout") == 0)
		return status(output, room, length, 0x6400);
	if (strcmp(keys, "garbage") == 0)
		return answer(output, room, length, input, 1);
	return status(output, room, length, take_pin(changes, keys));
}

RESPONSECODE IFDHCreateChannelByName(DWORD lun, char *name)
{
	(void)lun;
	(void)name;
	return IFD_SUCCESS;
}

RESPONSECODE IFDHCreateChannel(DWORD lun, DWORD channel)
{
	(void)lun;
	(void)channel;
	return IFD_SUCCESS;
}

RESPONSECODE IFDHCloseChannel(DWORD lun)
{
	(void)lun;
	return IFD_SUCCESS;
}

RESPONSECODE IFDHGetCapabilities(DWORD lun, DWORD tag, DWORD *length, UCHAR *value)
{
	(void)lun;
	if ((tag != TAG_SLOTS_NUMBER && tag != TAG_SIMULTANEOUS_ACCESS) || *length < 1)
		return IFD_ERROR_TAG;
	*length = 1;
	*value = 1;
	return IFD_SUCCESS;
}

RESPONSECODE IFDHSetCapabilities(DWORD lun, DWORD tag, DWORD length, UCHAR *value)
{
	(void)lun;
	(void)tag;
	(void)length;
	(void)value;
	return IFD_NOT_SUPPORTED;
}

RESPONSECODE IFDHSetProtocolParameters(DWORD lun, DWORD protocol, UCHAR flags, UCHAR pts1, UCHAR pts2, UCHAR pts3)
{
	(void)lun;
	(void)protocol;
	(void)flags;
	(void)pts1;
	(void)pts2;
	(void)pts3;
	return IFD_SUCCESS;
}

RESPONSECODE IFDHPowerICC(DWORD lun, DWORD action, UCHAR *value, DWORD *length)
{
	(void)lun;
	verified = 0;
	if (action == POWER_DOWN) {
		*length = 0;
		return IFD_SUCCESS;
	}
	if (!card_is_in())
		return IFD_COMMUNICATION_ERROR;
	return answer(value, *length, length, atr, sizeof atr);
}

/* VERIFY without data tells the counter; SELECT and whatever else succeeds. */
RESPONSECODE IFDHTransmitToICC(DWORD lun, IO_HEADER send, UCHAR *command, DWORD count, UCHAR *output, DWORD *length,
			       IO_HEADER *receive)
{
	(void)lun;
	receive->protocol = send.protocol;
	if (!card_is_in()) {
		*length = 0;
		return IFD_ICC_NOT_PRESENT;
	}
	if (count == 5 && command[1] == 0x20 && !verified)
		return status(output, *length, length, 0x63c0 + tries);
	return status(output, *length, length, 0x9000);
}

RESPONSECODE IFDHControl(DWORD lun, DWORD code, UCHAR *input, DWORD count, UCHAR *output, DWORD room, DWORD *length)
{
	(void)lun;
	*length = 0;
	switch (code) {
	case GET_FEATURE_REQUEST:
		return answer(output, room, length, features, sizeof features);
	case GET_TLV_PROPERTIES:
		return answer(output, room, length, properties, sizeof properties);
	case VERIFY_PIN_DIRECT:
		return pin_entry(0, input, count, output, room, length);
	case MODIFY_PIN_DIRECT:
		return pin_entry(1, input, count, output, room, length);
	default:
		return IFD_NOT_SUPPORTED;
	}
}

RESPONSECODE IFDHICCPresence(DWORD lun)
{
	(void)lun;
	return card_is_in() ? IFD_ICC_PRESENT : IFD_ICC_NOT_PRESENT;
}
