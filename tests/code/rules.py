#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Takes each rule of lib/code out, one at a time, and expects that a test of tests/code fails: rules.py BUILD [WORD].
With WORD only rules whose text has it. Works on copies of the sources; BUILD must be built. Takes a few minutes."""
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parents[2]
TESTS = ("test_code_listings", "test_code_code")

# file: [(the rule, its text, what replaces it)]
RULES = {
    "cfg.c": [
        ("bytes after the last instruction may be padding",
         "return cfg->instruction_count != 0 && may_end(&instruction[-1].code);", "return false;"),
        ("padding only follows an instruction that ends the code",
         "return cfg->instruction_count != 0 && may_end(&instruction[-1].code);",
         "return cfg->instruction_count != 0;"),
        ("padding follows a return", "return code->flow == GOPM__CODE_EXIT || code->flow == GOPM__CODE_JUMP ||",
         "return code->flow == GOPM__CODE_JUMP ||"),
        ("padding follows a jump", "code->flow == GOPM__CODE_JUMP || code->flow == GOPM__CODE_CALL;",
         "code->flow == GOPM__CODE_CALL;"),
        ("padding follows a call", " || code->flow == GOPM__CODE_CALL;", ";"),
        ("code without a known stack pointer is padding",
         "!source->sp(source->user_data, source->entry + at, &instruction->sp)",
         "(source->sp(source->user_data, source->entry + at, &instruction->sp), false)"),
        ("morestack ends the path", "instruction->code.flow = GOPM__CODE_EXIT;\n\t\treturn;", "return;"),
        ("a write barrier is no call", "instruction->code.flow = GOPM__CODE_NEXT;", ""),
        ("a write barrier clobbers its registers", "instruction->code.clobbers = cfg->desc->barrier_clobbers;", ""),
        ("the size of the argument area is the callee's", "instruction->outgoing = callee.outgoing;",
         "instruction->outgoing = GOPM__CFG_UNKNOWN_SIZE;"),
        ("the argument area of an indirect call is not known",
         "struct gopm__callee callee = {GOPM__CALL_NORMAL, GOPM__CFG_UNKNOWN_SIZE};",
         "struct gopm__callee callee = {GOPM__CALL_NORMAL, 0};"),
        ("callees that do not return", "instruction->noreturn = callee.effect == GOPM__CALL_NORETURN;", ""),
        ("an indirect jump leaves no graph", "if (code->flow == GOPM__CODE_INDIRECT_JUMP) {", "if (false) {"),
        ("the target of a jump begins a block", "starts[target] = true;", "(void)target;"),
        ("a branch must be to an instruction of the function", "} else if (code->flow == GOPM__CODE_BRANCH) {",
         "} else if (false) {"),
        ("a jump out of the function is a tail call", "code->flow = GOPM__CODE_EXIT; /* a tail call */",
         "return false;"),
        ("a block ends after a jump",
         "if (code->flow != GOPM__CODE_NEXT && code->flow != GOPM__CODE_CALL) {", "if (false) {"),
        ("a block does not end after a call",
         "if (code->flow != GOPM__CODE_NEXT && code->flow != GOPM__CODE_CALL) {",
         "if (code->flow != GOPM__CODE_NEXT) {"),
        ("an edge to the target of a jump",
         "if (is_jump(last) && gopm__cfg_find(cfg, last->target, &target)) {", "if (false && (target = 0) == 0) {"),
        ("an edge to the next block",
         "if (last->flow != GOPM__CODE_JUMP && last->flow != GOPM__CODE_EXIT && i + 1 < cfg->block_count) {",
         "if (false) {"),
        ("no edge to the next block after a jump", "if (last->flow != GOPM__CODE_JUMP && last->flow", "if (last->flow"),
        ("no edge to the next block after a return", "last->flow != GOPM__CODE_JUMP && last->flow != GOPM__CODE_EXIT &&",
         "last->flow != GOPM__CODE_JUMP &&"),
        ("one edge to one block", "if (block->successor_count == 0 || block->successors[0] != to) {", "if (true) {"),
        ("reverse postorder", "for (size_t i = 0; i < count / 2; i++) {", "for (size_t i = 0; i < 0; i++) {"),
        ("unreachable blocks are no predecessors",
         "\tfor (size_t i = 0; i < cfg->reachable_count; i++) {\n\t\tconst struct gopm__cfg_block *block = "
         "&cfg->blocks[cfg->order[i]];\n\t\tfor (uint32_t k = 0; k < block->successor_count; k++) {\n\t\t\tstruct",
         "\tfor (size_t i = 0; i < 1; i++) {\n\t\tconst struct gopm__cfg_block *block = "
         "&cfg->blocks[cfg->order[i]];\n\t\tfor (uint32_t k = 0; k < block->successor_count; k++) {\n\t\t\tstruct"),
        ("an instruction is found by its first byte",
         "return *index < cfg->instruction_count && cfg->instructions[*index].offset == offset;",
         "return *index < cfg->instruction_count;"),
        ("only calls are found by where they return to", "return call->code.flow == GOPM__CODE_CALL && ", "return "),
        ("a call is found by where it returns to", " && (uint64_t)call->offset + call->code.size == offset;", ";"),
    ],
    "dataflow.c": [
        ("each block is visited", "list.pending[i] = true;\n", "list.pending[i] = i == 0;\n\t\tlist.count = 1;\n"),
        ("a block whose facts changed is visited again", "list->pending[position] = true;\n\t\t\tlist->count++;", ";"),
        ("backward analyses join predecessors",
         "const uint32_t *to = analysis->backward ? &cfg->predecessors[block->predecessors] : block->successors;\n"
         "\tuint32_t count = analysis->backward ? block->predecessor_count : block->successor_count;",
         "const uint32_t *to = block->successors;\n\tuint32_t count = block->successor_count;"),
    ],
    "escape.c": [
        ("an address that is computed is taken", "e->kind == GOPM__CODE_ADDRESS || e->kind == GOPM__CODE_INDEXED || "
         "e->kind == GOPM__CODE_COPY;\n\n\t*at", "e->kind == GOPM__CODE_INDEXED || e->kind == GOPM__CODE_COPY;\n\n\t*at"),
        ("the address of an element is taken", "e->kind == GOPM__CODE_ADDRESS || e->kind == GOPM__CODE_INDEXED || "
         "e->kind == GOPM__CODE_COPY;\n\n\t*at", "e->kind == GOPM__CODE_ADDRESS || e->kind == GOPM__CODE_COPY;\n\n\t*at"),
        ("a copy of the stack pointer is an address", "e->kind == GOPM__CODE_ADDRESS || e->kind == GOPM__CODE_INDEXED || "
         "e->kind == GOPM__CODE_COPY;\n\n\t*at", "e->kind == GOPM__CODE_ADDRESS || e->kind == GOPM__CODE_INDEXED;\n\n\t*at"),
        ("setting the frame pointer takes no address", "e->reg == fp || e->reg == sp", "e->reg == sp"),
        ("setting the stack pointer takes no address", "e->reg == fp || e->reg == sp", "e->reg == fp"),
        ("an address by the frame pointer may be any",
         "if (e->base == fp && e->kind != GOPM__CODE_COPY) {", "if (false) {"),
        ("a copy of the frame pointer is no address of a variable",
         "if (e->base == fp && e->kind != GOPM__CODE_COPY) {", "if (e->base == fp) {"),
        ("only addresses by the stack pointer are in the frame", "if (e->base != sp) {\n\t\treturn ADDRESS_NOT_TAKEN;", 
         "if (e->base != sp) {\n\t\treturn ADDRESS_UNKNOWN;"),
        ("unknown addresses let all slots escape", "taken->all = taken->all || use == ADDRESS_UNKNOWN;", ""),
        ("without the stack objects all slots escape", "if (taken->all || !map->complete) {", "if (taken->all) {"),
        ("the slots of a stack object escape",
         "if (slot + 8 > map->objects[i].begin && slot < map->objects[i].end) {", "if (false) {"),
        ("a slot below a stack object does not escape", "slot + 8 > map->objects[i].begin && ", ""),
        ("a slot above a stack object does not escape", " && slot < map->objects[i].end)", ")"),
        ("a slot above an address escapes", "if (taken->list[i] <= slot + 7 &&", "if (taken->list[i] == slot &&"),
        ("a slot with an address in it escapes", "if (taken->list[i] <= slot + 7 &&", "if (taken->list[i] <= slot &&"),
        ("a slot below an address does not escape", "if (taken->list[i] <= slot + 7 &&", "if ("),
        ("an address reaches no other region", " && region_of(map, taken->list[i]) == region) {", ") {"),
        ("among locals with pointers only stack objects escape", "region != REGION_POINTERS && i < taken->count",
         "i < taken->count"),
        ("arguments are a region of their own", "return at >= 0 ? REGION_ARGUMENTS : at", "return at"),
        ("locals without pointers are a region of their own",
         "at >= map->pointers_begin ? REGION_POINTERS : REGION_PLAIN", "REGION_POINTERS"),
        ("loads find slots", "(e->kind == GOPM__CODE_LOAD || e->kind == GOPM__CODE_STORE ||", 
         "(e->kind == GOPM__CODE_STORE ||"),
        ("stores find slots", "e->kind == GOPM__CODE_STORE || e->kind == GOPM__CODE_STORE_CONSTANT);",
         "e->kind == GOPM__CODE_STORE_CONSTANT);"),
        ("stores of constants find slots", " || e->kind == GOPM__CODE_STORE_CONSTANT);", ");"),
        ("a slot is found once", "if (escape->slots[i] == at) {", "if (false) {"),
        ("slots are sorted", "qsort(escape->slots, escape->slot_count, sizeof escape->slots[0], compare_slots);",
         "(void)compare_slots;"),
        ("a copy leaks an address", "e->kind == GOPM__CODE_COPY || e->kind == GOPM__CODE_ADDRESS || "
         "e->kind == GOPM__CODE_INDEXED;\n\n\treturn", "e->kind == GOPM__CODE_ADDRESS || e->kind == GOPM__CODE_INDEXED;\n\n\treturn"),
        ("a sum leaks an address", "e->kind == GOPM__CODE_COPY || e->kind == GOPM__CODE_ADDRESS || "
         "e->kind == GOPM__CODE_INDEXED;\n\n\treturn", "e->kind == GOPM__CODE_COPY || e->kind == GOPM__CODE_INDEXED;\n\n\treturn"),
        ("an access with an index leaks an address", "e->kind == GOPM__CODE_COPY || e->kind == GOPM__CODE_ADDRESS || "
         "e->kind == GOPM__CODE_INDEXED;\n\n\treturn", "e->kind == GOPM__CODE_COPY || e->kind == GOPM__CODE_ADDRESS;\n\n\treturn"),
        ("a store leaks an address", " || (e->kind == GOPM__CODE_STORE && e->reg == reg);", ";"),
        ("a store through an address does not leak it", "(e->kind == GOPM__CODE_STORE && e->reg == reg)",
         "(e->kind == GOPM__CODE_STORE && (e->reg == reg || e->base == reg))"),
        ("a copy overwrites the address", "(e->kind == GOPM__CODE_COPY || e->kind == GOPM__CODE_LOAD ||",
         "(e->kind == GOPM__CODE_LOAD ||"),
        ("a load overwrites the address", "(e->kind == GOPM__CODE_COPY || e->kind == GOPM__CODE_LOAD ||",
         "(e->kind == GOPM__CODE_COPY ||"),
        ("a constant overwrites the address", "e->kind == GOPM__CODE_CONSTANT || e->kind == GOPM__CODE_ADDRESS);",
         "e->kind == GOPM__CODE_ADDRESS);"),
        ("another address overwrites it", " || e->kind == GOPM__CODE_ADDRESS);", ");"),
        ("an address is passed to one function", "return code->flow == GOPM__CODE_CALL && code->target == target;",
         "return code->flow == GOPM__CODE_CALL;"),
        ("an address is not followed past a jump", "return code->flow == GOPM__CODE_CALL && code->target == target;",
         "return code->target == target || code->flow != GOPM__CODE_CALL;"),
        ("an instruction that clobbers may have copied the address", "return !clobbered;", "return true;"),
        ("an address that is never passed escapes", "\t}\n\treturn false;\n}\n\nbool gopm__escape_only_passed",
         "\t}\n\treturn true;\n}\n\nbool gopm__escape_only_passed"),
        ("an unknown address may be of the range", "if (use == ADDRESS_UNKNOWN) {", "if (false) {"),
        ("an address below the range does not count", "at >= offset && (uint64_t)(at - offset) < size", 
         "at < offset + (int64_t)size"),
        ("an address above the range does not count", "at >= offset && (uint64_t)(at - offset) < size", "at >= offset"),
        ("the address of an element escapes", "(e->kind == GOPM__CODE_INDEXED || !is_only_passed(",
         "(e->kind != GOPM__CODE_INDEXED && !is_only_passed("),
    ],
    "values.c": [
        ("a store clobbers slots that overlap", "*number = (struct gopm__value_number){0};", ""),
        ("a slot keeps the bytes below a store", "if (slot < from) {", "if (false) {"),
        ("a store clobbers the upper bytes of a slot", "number->width = from - slot < number->width ? (uint8_t)(from - slot) : number->width;",
         ";"),
        ("a store does not clobber slots above", " || slot >= from + size", ""),
        ("a store does not clobber slots below", "from - slot < number->width ? (uint8_t)(from - slot) : number->width;",
         "0;"),
        ("a definition is of its instruction",
         "(struct gopm__value_number){GOPM__VN_DEFINITION, 8, (uint32_t)index, (int64_t)reg};",
         "(struct gopm__value_number){GOPM__VN_DEFINITION, 8, 0 * (uint32_t)index, (int64_t)reg};"),
        ("operands by the stack pointer are in the frame", "if (e->base == values->cfg->desc->sp) {\n\t\t*out",
         "if (false) {\n\t\t*out"),
        ("the stack pointer moves", "*out = instruction->sp + e->value;", "*out = values->cfg->instructions[0].sp + e->value + 0 * instruction->sp;"),
        ("operands by an address are in the frame", "*out = before[e->base].value + e->value;\n\t\treturn true;",
         "return false;"),
        ("half an address is no address", "before[e->base].kind == GOPM__VN_FRAME && before[e->base].width == 8",
         "before[e->base].kind == GOPM__VN_FRAME"),
        ("a copy of the stack pointer is an address",
         "at[e->reg] = frame_address(values->cfg->instructions[index].sp);\n\t\treturn;", ";"),
        ("a copy has the same value", "at[e->reg] = before[e->base];", "define(at, index, e->reg);"),
        ("a narrow copy has a narrow value", "at[e->reg].width = narrow(at[e->reg].width, e->size);", ""),
        ("effects happen at the same time", "memcpy(before, at, sizeof before);", "memset(before, 0, sizeof before);"),
        ("the stack pointer and a displacement are an address",
         "at[e->reg] = frame_address(values->cfg->instructions[index].sp + e->value);", "define(at, index, e->reg);"),
        ("a constant and a displacement are a constant",
         "} else if (base->kind == GOPM__VN_CONSTANT && base->width == 8) {", "} else if (false) {"),
        ("half a constant and a displacement are not known",
         "base->kind == GOPM__VN_CONSTANT && base->width == 8", "base->kind == GOPM__VN_CONSTANT"),
        ("another sum is a definition", "} else {\n\t\tdefine(at, index, e->reg);", "} else {\n\t\t;"),
        ("slots that escape are not loaded", "slot >= 0 && values->escape->non_escaping[slot]", "slot >= 0"),
        ("a load has the value of the slot", "if (loaded != NULL && loaded->kind != GOPM__VN_UNKNOWN) {",
         "if (false) {"),
        ("a narrow load has a narrow value", "at[e->reg].width = narrow(loaded->width, e->size);",
         "at[e->reg].width = loaded->width;"),
        ("words of the closure are captured", "(struct gopm__value_number){GOPM__VN_CAPTURED, e->size, 0, e->value};\n\t\treturn;",
         "(struct gopm__value_number){GOPM__VN_CAPTURED, e->size, 0, e->value};"),
        ("only the entry's context is the closure", "base->kind == GOPM__VN_LIVE_IN && base->value == desc->context",
         "base->kind == GOPM__VN_LIVE_IN"),
        ("a word loaded from the closure is not the closure", "base->kind == GOPM__VN_LIVE_IN && base->value == desc->context",
         "e->base == desc->context"),
        ("half the closure's address is not the closure", " && base->value == desc->context && base->width == 8)",
         " && base->value == desc->context)"),
        ("a narrow captured value", "{GOPM__VN_CAPTURED, e->size, 0, e->value}", "{GOPM__VN_CAPTURED, 8, 0, e->value}"),
        ("another load is a definition", "\tdefine(at, index, e->reg);\n\tat[e->reg].width = e->size;",
         "\tat[e->reg].width = e->size;"),
        ("a narrow definition", "at[e->reg].width = e->size;", ""),
        ("a load names an unknown slot", "*loaded = at[e->reg];", ";"),
        ("a store clobbers", "clobber_slots(values, at, offset, e->size, slot);", ""),
        ("a slot has the value stored", "at[GOPM__CODE_REGISTERS + slot] = *stored;", ""),
        ("a narrow store leaves a narrow value",
         "at[GOPM__CODE_REGISTERS + slot].width = narrow(stored->width, e->size);", ""),
        ("a constant load", "at[e->reg] = (struct gopm__value_number){GOPM__VN_CONSTANT, 8, 0, e->value};", ""),
        ("the store of a register", "apply_store(values, at, e, offset, &before[e->reg]);", ";"),
        ("the store of a constant", "apply_store(values, at, e, offset, &constant);", ";"),
        ("the store of an unknown value", "apply_store(values, at, e, offset, NULL);", ";"),
        ("a store of a register through another pointer",
         "case GOPM__CODE_STORE:\n\t\tif (local) {", "case GOPM__CODE_STORE:\n\t\tif (true) {\n\t\t\toffset = local ? offset : -32;"),
        ("a store of a constant through another pointer",
         "case GOPM__CODE_STORE_CONSTANT:\n\t\tif (local) {",
         "case GOPM__CODE_STORE_CONSTANT:\n\t\tif (true) {\n\t\t\toffset = local ? offset : -32;"),
        ("a store of an unknown value through another pointer",
         "case GOPM__CODE_STORE_OTHER:\n\t\tif (local) {",
         "case GOPM__CODE_STORE_OTHER:\n\t\tif (true) {\n\t\t\toffset = local ? offset : -32;"),
        ("an unknown callee's arguments end at the locals with pointers",
         "values->escape->pointers_begin - call->sp;", "8;"),
        ("a callee may write its arguments", "clobber_slots(values, at, call->sp, size, -1);", ";"),
        ("a call clobbers registers", "clobbers = ~values->cfg->desc->callee_saved;", ""),
        ("a call preserves the frame pointer and g", "clobbers = ~values->cfg->desc->callee_saved;",
         "clobbers = GOPM__CODE_ALL;"),
        ("a call clobbers its argument area", "clobber_outgoing(values, instruction, at);", ""),
        ("an instruction clobbers registers", "uint64_t clobbers = code->clobbers;", "uint64_t clobbers = 0;"),
        ("equal values stay at a join", "if (!unknown && !gopm__value_number_equal(to, from)) {", "if (true) {"),
        ("different values make a phi at a join", "*to = *phi;\n\t\treturn true;", "return false;"),
        ("unknown values stay unknown at a join", "bool unknown = to->kind == GOPM__VN_UNKNOWN && from->kind == GOPM__VN_UNKNOWN;",
         "bool unknown = false;"),
        ("a value known on one path is a phi", "to->kind == GOPM__VN_UNKNOWN && from->kind == GOPM__VN_UNKNOWN;",
         "to->kind == GOPM__VN_UNKNOWN || from->kind == GOPM__VN_UNKNOWN;"),
        ("the narrower width counts at a join", "to->width = from->width;\n\t\treturn true;", "return false;"),
        ("a phi is not narrowed at a join", "if (gopm__value_number_equal(to, phi)) {", "if (false) {"),
        ("a phi is of its location", "{GOPM__VN_PHI, 8, block->begin, (int64_t)i};", "{GOPM__VN_PHI, 8, block->begin, 0};"),
        ("the first path brings its values", "memcpy(in, s->work, s->values->location_count * sizeof *in);", ""),
        ("registers are live-in at the entry", "in[i] = (struct gopm__value_number){GOPM__VN_LIVE_IN, 8, 0, (int64_t)i};",
         ""),
        ("slots are live-in at the entry",
         "(struct gopm__value_number){GOPM__VN_LIVE_IN_SLOT, 8, 0, values->escape->slots[i]};",
         "(struct gopm__value_number){0};"),
        ("the entry is reached first", "s.reached[0] = true;", ""),
        ("unreachable blocks have no state", "if (!gopm__cfg_is_reachable(cfg, block)) {",
         "if (!gopm__cfg_is_reachable(cfg, block) && (memset(cursor, 0, sizeof *cursor), false)) {"),
        ("the cursor goes back to the block's start", "!cursor->valid || cursor->index > index ||",
         "!cursor->valid ||"),
        ("the cursor starts again in another block", " || cfg->instructions[cursor->index].block != block) {", ") {"),
        ("arguments are unknown during a call", "if (in_call) {\n", "if (false) {\n"),
        ("slots that escape have no sure value", "slot >= 0 && state->non_escaping[slot] ?", "slot >= 0 ?"),
        ("a slot is found by its first byte", "state->slots[i] == offset ? (int64_t)i : -1;", "true ? (int64_t)i : -1;"),
        ("a narrow value does not fill a slot", "if (slot < 0 || state->slot_numbers[slot].width < size) {",
         "if (slot < 0) {"),
        ("a phi is taken apart once", "return true;\n\t\t}\n\t}\n\tif (phis->count == MAX_PHIS",
         "return false;\n\t\t}\n\t}\n\tif (phis->count == MAX_PHIS"),
        ("the entry has one more input", "accepted = phis.list[i].block != 0;", ";"),
        ("half an input is not the input", "(input->width >= size && visit(user_data, input))",
         "visit(user_data, input)"),
        ("every input must be accepted", "for (uint32_t k = 0; accepted && k < block->predecessor_count; k++) {",
         "for (uint32_t k = 0; k < block->predecessor_count; k++) {"),
        ("all predecessors count", "accepted && k < block->predecessor_count; k++", "accepted && k < 1; k++"),
        ("a phi's inputs replace it", "(input->kind == GOPM__VN_PHI && add_phi(values, &phis, input));", "false;"),
        ("only phis have inputs", "(input->kind == GOPM__VN_PHI && add_phi(values, &phis, input));", "true;"),
    ],
    "liveness.c": [
        ("stores of registers write", "return e->kind == GOPM__CODE_STORE || e->kind == GOPM__CODE_STORE_CONSTANT ||",
         "return e->kind == GOPM__CODE_STORE_CONSTANT ||"),
        ("stores of constants write", "return e->kind == GOPM__CODE_STORE || e->kind == GOPM__CODE_STORE_CONSTANT ||",
         "return e->kind == GOPM__CODE_STORE ||"),
        ("stores of unknown values write", "GOPM__CODE_STORE_CONSTANT || e->kind == GOPM__CODE_STORE_OTHER;",
         "GOPM__CODE_STORE_CONSTANT;"),
        ("loads read", "return e->kind == GOPM__CODE_LOAD || e->kind == GOPM__CODE_READ;",
         "return e->kind == GOPM__CODE_READ;"),
        ("other reads", "return e->kind == GOPM__CODE_LOAD || e->kind == GOPM__CODE_READ;",
         "return e->kind == GOPM__CODE_LOAD;"),
        ("cells begin at an access", "bounds[count++] = (int32_t)from;", ""),
        ("cells end at an access", "bounds[count++] = (int32_t)(from + e->size);", ""),
        ("an instruction's clobbers are dead before it", "bits[0] &= ~code->clobbers;", ""),
        ("a store makes a slot dead before it", "instruction->sp + e->value, e->size, false);", "0, 0, false);"),
        ("a store through a pointer overwrites nothing", "if (e->base == liveness->cfg->desc->sp) {", "if (true) {"),
        ("a register is dead before it is overwritten", "bits[0] &= ~(UINT64_C(1) << e->reg);", ""),
        ("registers that are read are live", "bits[0] |= code->reads;", ""),
        ("slots that are read are live", "instruction->sp + e->value, e->size, true);", "0, 0, true);"),
        ("a load through a pointer reads no slot", "if (is_read(e) && e->base == liveness->cfg->desc->sp) {",
         "if (is_read(e)) {"),
        ("reads come before writes", "\tapply_writes(liveness, instruction, bits);\n\tapply_reads(liveness, instruction, bits);",
         "\tapply_reads(liveness, instruction, bits);\n\tapply_writes(liveness, instruction, bits);"),
        ("nothing is live after a call that does not return",
         "if (code->flow == GOPM__CODE_EXIT || instruction->noreturn) {", "if (code->flow == GOPM__CODE_EXIT) {"),
        ("a call clobbers registers", "bits[0] &= liveness->cfg->desc->callee_saved;", ""),
        ("a call preserves the frame pointer and g", "bits[0] &= liveness->cfg->desc->callee_saved;", "bits[0] = 0;"),
        ("a callee may overwrite its arguments",
         "set_cells(liveness, bits, instruction->sp, instruction->outgoing, false);", ""),
        ("the arguments of an unknown callee stay live", "if (instruction->outgoing != GOPM__CFG_UNKNOWN_SIZE) {",
         "if (true) {"),
        ("a location is live if one successor reads it", "out[i] |= s->work[i];", "out[i] = s->work[i];"),
        ("facts that changed are propagated", "return more != 0;", "return false;"),
        ("facts that did not change are not", "return more != 0;", "return true;"),
        ("unreachable code has no live locations", "if (block->rank == GOPM__CFG_UNREACHABLE) {", "if (false) {"),
        ("successors' locations are live at the end of a block", "out->bits[k] |= in[k];", "(void)in;"),
        ("nothing is live after a call that does not return", "return !cfg->instructions[index].noreturn && ", "return "),
        ("the last call does not return", "index + 1 < cfg->instruction_count &&\n\t       ", ""),
        ("bytes beyond the range do not count", "(int64_t)liveness->bounds[i] - offset < end", "true"),
    ],
    "frame_map.c": [
        ("locals end below the frame pointer", "(arch->return_address_on_stack ? -2 : -1)", "-1"),
        ("bitmaps give the locals with pointers", "map->pointers_begin -= (int64_t)locals.words * arch->pointer_size;", ""),
        ("stack objects are read", "map->objects[map->object_count++] = (struct gopm__frame_object){from, from + object.size};",
         "(void)from;"),
        ("negative offsets are from the end of the locals", "(object.offset < 0 ? map->pointers_end : arch->argument_offset)",
         "arch->argument_offset"),
        ("positive offsets are from the arguments", "(object.offset < 0 ? map->pointers_end : arch->argument_offset)",
         "map->pointers_end"),
    ],
    "code.c": [
        ("the return address is above the stack pointer", "(f->arch->return_address_on_stack ? f->arch->pointer_size : 0)",
         "0"),
        ("the callee's effect is its function's",
         "callee.effect = (uint8_t)gopm__function_call_effect(gopm__func_name(func.module, func.name));", ""),
        ("a call is to the entry of a function", " || func.entry != target) {", ") {"),
        ("arguments are the callee's outgoing area", "callee.outgoing = (uint32_t)func.args + f->arch->argument_offset;",
         ""),
        ("a function's code is analyzed once", "if (known != NULL) {", "if (known != NULL && *known == 0) {"),
    ],
    "sync_place.c": [
        ("sums are followed", "sum.base = before;\n\t\t\tsum = add(sum, constant);", "break;"),
        ("a phi with one input is that", "if (has_one_input(numbers->values, &sum.base, &before)) {", "if (false) {"),
        ("other offsets are other objects", "return a->offsets[0] == b->offsets[0];", "return true;"),
        ("loads are followed", "more = is_load(numbers, &last->base, &sum) && add_place(&places, &sum, last);", "more = false;"),
        ("another base may be the same object", "\treturn !(x == GOPM__VN_FRAME &&", "\treturn x == 99 && !(x == GOPM__VN_FRAME &&"),
    ],
    "sync_slow.c": [
        ("a word of four bytes", "if (e->size != STATE_SIZE) {", "if (false) {"),
        ("a block of one branch", "if (count != 1) {", "if (count == 0) {"),
        ("dead ends lead nowhere", "if (!gopm__cfg_is_dead_end(cfg, block)) {", "if (true) {"),
        ("a store that fails releases nothing", "if (!atomic->retries) {", "if (true) {"),
        ("one more reader is no release", "return !atomic->compares && atomic->sum <= 0;", "return !atomic->compares;"),
        ("one reader less takes nothing", "return !atomic->compares && atomic->sum >= 0;", "return !atomic->compares;"),
        ("an exchange takes the lock", "return atomic->compares;", "return true;"),
        ("a semaphore may be of something else", "if (!found && last == NULL && kind != GOPM__SYNC_LOCK) {", "if (false) {"),
        ("without its instruction a release is anywhere", "f->ops->unsure = f->ops->unsure || !found;", ""),
        ("the other edge takes the lock", "if (found || last != NULL) {\n\t\tadd_fast_edge", "if (false) {\n\t\tadd_fast_edge"),
        ("only with its instruction", "if (found || last != NULL) {\n\t\tadd_fast_edge", "if (true) {\n\t\tadd_fast_edge"),
        ("the slow path wakes, the instruction releases", "found ? GOPM__SYNC_WAKES : GOPM__SYNC_RELEASES",
         "GOPM__SYNC_RELEASES"),
    ],
    "sync_find.c": [
        ("a negative sum is Done", "&& delta < 0) {", "&& false) {"),
        ("cases that send come first", "const unsigned kind = i < sends ?", "const unsigned kind = i >= sends ?"),
        ("an operation that tries may do nothing", "rule->flags == 0);", "true);"),
        ("a call that does not return ends the path", "add_action(f, index, GOPM__SYNC_ENDS);", ";"),
        ("a return", "restarts ? GOPM__SYNC_ENDS : GOPM__SYNC_RETURNS", "GOPM__SYNC_ENDS"),
    ],
    "sync_flow.c": [
        ("a lock of every path", "changed = changed || from[i] < to[i];\n\t\tto[i] = from[i] < to[i] ? from[i] : to[i];", ""),
        ("a lock of some path", "const uint8_t places = x == 0 ? y : y == 0 || x < y ? x : y;", "const uint8_t places = x;"),
        ("the lock that is held is released", "if (own) {\n\t\treturn;\n\t}", ""),
        ("another pointer may be to the same lock", "&& may_be_same(&ops->list[i], op)) {\n\t\t\tf->held[i] = 0;", "&& false) {"),
        ("releases of other locks are listed", "f->released[event->op] = with_places(op, f->released[event->op]);", ""),
        ("a lock after its release is held", "f->held[event->op] = op->place_count;", ""),
        ("unsure code holds nothing", "if (event->must && !ops->unsure) {", "if (event->must) {"),
        ("edges take and release", "(void)apply_event(ops, &event, &f);", ""),
        ("a store may have released", "(void)apply_event(flow->ops, &event, out);", ""),
        ("other iterations", "f->may_hold[i] = keep_places(f->may_hold[i], change->place);", ""),
        ("a release after a lock is not pending", "b->pending[i] &= GOPM__SYNC_UNKNOWN;\n\t\t\tb->must[i] = false;", ""),
        ("nor after one that may be the same", "} else if (may_be_same(&ops->list[i], op)) {", "} else if (false) {"),
        ("nothing is pending at a return", "memset(b, 0, sizeof *b);\n\t\treturn;", "return;"),
        ("nothing is pending where a path ends", "memset(b->pending, 0, sizeof b->pending);", ""),
        ("a path that ends does not count", "memset(b->must, true, sizeof b->must);", ""),
        ("every path", "if (!b.must[i] && *may_not == 0) {", "if (false) {"),
        ("what comes again is unknown", "*pending = GOPM__SYNC_UNKNOWN;\n\t\tb->must[change->op] = false;", ""),
        ("a place that the loop changes", "first = (uint8_t)(change->place + 2);", ""),
    ],
}


def commands(build, target):
    """The link command of a test, and the compile command of each of lib/code's objects."""
    lines = subprocess.run(["ninja", "-C", build, "-t", "commands", target], capture_output=True, text=True,
                           check=True).stdout.splitlines()
    compiles = {}
    for line in lines:
        if match := re.search(r"-c \S*/lib/code/(\w+\.c)$", line):
            compiles[match.group(1)] = line
    link = next(line for line in lines if f"-o tests/{target} " in line)
    return link.removeprefix(": && ").removesuffix(" && :"), compiles


def run(build, source, links, compile_):
    """True if a test fails with `source` in place of the file of lib/code; None: it does not compile."""
    with tempfile.TemporaryDirectory() as folder:
        changed, object_ = pathlib.Path(folder, source[0]), pathlib.Path(folder, "changed.o")
        changed.write_text(source[1], encoding="utf-8")
        words = [word for word in shlex.split(compile_) if word not in ("-Werror", "ccache")]
        at = words.index("-o")
        original = words[at + 1]
        words[at + 1], words[-1] = str(object_), str(changed)
        for flag in ("-MD", "-MT", "-MF"):
            where = words.index(flag)
            del words[where:where + (1 if flag == "-MD" else 2)]
        if subprocess.run([*words, "-w"], cwd=build, capture_output=True, check=False).returncode != 0:
            return None
        for test, link in links.items():
            out = pathlib.Path(folder, test)
            command = link.replace(f"-o tests/{test}", f"-o {out}").replace(original, str(object_))
            subprocess.run(command, shell=True, cwd=build, check=True, capture_output=True)
            try:
                done = subprocess.run([out], cwd=SOURCE / "tests", capture_output=True, timeout=60, check=False)
                failed = done.returncode != 0
            except subprocess.TimeoutExpired:
                failed = True
            if failed:
                return True
    return False


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    word = sys.argv[2] if len(sys.argv) > 2 else ""
    links, compiles = {}, {}
    for test in TESTS:
        links[test], found = commands(build, test)
        compiles.update(found)
    count, wrong = 0, 0
    for name, rules in RULES.items():
        text = (SOURCE / "lib" / "code" / name).read_text(encoding="utf-8")
        for rule, old, new in rules:
            if word not in f"{name}: {rule}":
                continue
            count += 1
            if text.count(old) == 0:
                print(f"{name}: {rule}: its text is not there")
                wrong += 1
                continue
            failed = run(build, (name, text.replace(old, new, 1)), links, compiles[name])
            if not failed:
                print(f"{name}: {rule}: " + ("does not compile" if failed is None else "NO TEST FAILS"), flush=True)
                wrong += 1
    print(f"{count} rules, {wrong} without a test that fails")
    sys.exit(1 if wrong else 0)


os.environ.pop("CCACHE_DISABLE", None)
main()
