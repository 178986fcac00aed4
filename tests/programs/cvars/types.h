/* SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>
#include <stdint.h>

typedef enum { RED = 1, GREEN = 5, BLUE } color;
enum access { NONE = 0, READ = 1, WRITE = 2, RUN = 4 };
enum level { LOW = -2, HIGH = 2 };
typedef struct point {
	int x, y;
} point;
typedef point corner;
typedef int (*operation)(int);

struct opaque;
struct record {
	uint8_t kind;
	unsigned a : 3, b : 5, c : 12;
	signed int d : 4;
	point at[3];
	union {
		int32_t i;
		float f;
		char text[8];
	} u;
	const char *name;
	struct record *next;
	color col;
	double e;
	operation fn;
};

extern volatile int is_waiting;
struct record *make_record(int kind, struct record *next);
char **text_list(void);
int outer(struct record *rec, int n);
