// SPDX-License-Identifier: Apache-2.0
// Made by bindings/rust/generate.py from include/gopm/*.h. Do not edit.
//! The sizes of all structs, and in tests the offsets of their members, as C has them.

use crate::structs::*;
use std::mem::size_of;

const _: () = assert!(size_of::<gopm_str>() == 16);
const _: () = assert!(size_of::<gopm_core_options>() == 216);
const _: () = assert!(size_of::<gopm_core_info>() == 312);
const _: () = assert!(size_of::<gopm_location>() == 56);
const _: () = assert!(size_of::<gopm_mapping>() == 64);
const _: () = assert!(size_of::<gopm_finding>() == 48);
const _: () = assert!(size_of::<gopm_wait>() == 80);
const _: () = assert!(size_of::<gopm_goroutine>() == 472);
const _: () = assert!(size_of::<gopm_goroutine_filter>() == 160);
const _: () = assert!(size_of::<gopm_label>() == 32);
const _: () = assert!(size_of::<gopm_group>() == 200);
const _: () = assert!(size_of::<ArrowSchema>() == 72);
const _: () = assert!(size_of::<ArrowArray>() == 80);
const _: () = assert!(size_of::<ArrowArrayStream>() == 40);
const _: () = assert!(size_of::<gopm_build_info>() == 160);
const _: () = assert!(size_of::<gopm_build_setting>() == 32);
const _: () = assert!(size_of::<gopm_build_module>() == 96);
const _: () = assert!(size_of::<gopm_thread>() == 144);
const _: () = assert!(size_of::<gopm_register>() == 32);
const _: () = assert!(size_of::<gopm_stack_options>() == 56);
const _: () = assert!(size_of::<gopm_frame>() == 128);
const _: () = assert!(size_of::<gopm_value_options>() == 48);
const _: () = assert!(size_of::<gopm_value_info>() == 208);
const _: () = assert!(size_of::<gopm_heap_options>() == 32);
const _: () = assert!(size_of::<gopm_heap_info>() == 104);
const _: () = assert!(size_of::<gopm_heap_filter>() == 24);
const _: () = assert!(size_of::<gopm_heap_type>() == 88);
const _: () = assert!(size_of::<gopm_heap_object>() == 64);
const _: () = assert!(size_of::<gopm_heap_node>() == 72);
const _: () = assert!(size_of::<gopm_heap_step>() == 56);
const _: () = assert!(size_of::<gopm_heap_suspect>() == 136);
const _: () = assert!(size_of::<gopm_heap_waste>() == 72);
const _: () = assert!(size_of::<gopm_module>() == 96);
const _: () = assert!(size_of::<gopm_object>() == 280);
const _: () = assert!(size_of::<gopm_object_waiter>() == 104);
const _: () = assert!(size_of::<gopm_objects_options>() == 48);
const _: () = assert!(size_of::<gopm_profile_options>() == 32);
const _: () = assert!(size_of::<gopm_profile_info>() == 104);
const _: () = assert!(size_of::<gopm_profile_sample>() == 96);
const _: () = assert!(size_of::<gopm_profile_target>() == 40);
const _: () = assert!(size_of::<gopm_slim_options>() == 80);
const _: () = assert!(size_of::<gopm_slim_result>() == 80);
const _: () = assert!(size_of::<gopm_function>() == 56);
const _: () = assert!(size_of::<gopm_source_file>() == 16);
const _: () = assert!(size_of::<gopm_traceback_options>() == 24);
const _: () = assert!(size_of::<gopm_type_info>() == 96);
const _: () = assert!(size_of::<gopm_type_field>() == 40);
const _: () = assert!(size_of::<gopm_type_method>() == 56);
const _: () = assert!(size_of::<gopm_type_name>() == 24);
const _: () = assert!(size_of::<gopm_why_options>() == 40);
const _: () = assert!(size_of::<gopm_why_info>() == 56);
const _: () = assert!(size_of::<gopm_why_finding>() == 80);
const _: () = assert!(size_of::<gopm_why_waiter>() == 24);
const _: () = assert!(size_of::<gopm_why_edge>() == 48);
const _: () = assert!(size_of::<gopm_why_holder>() == 312);
const _: () = assert!(size_of::<gopm_why_step>() == 336);
const _: () = assert!(size_of::<gopm_leak>() == 32);
const _: () = assert!(size_of::<gopm_leak_group>() == 208);

#[cfg(test)]
mod tests {
    use super::*;
    use std::mem::MaybeUninit;
    use std::ptr::addr_of;

    macro_rules! offset {
        ($kind:ty, $member:ident) => {{
            let place = MaybeUninit::<$kind>::uninit();
            let start = place.as_ptr();
            // SAFETY: the address is computed, and nothing is read.
            (unsafe { addr_of!((*start).$member) } as usize) - start as usize
        }};
    }

    #[test]
    fn offsets_of_gopm_str() {
        assert_eq!(offset!(gopm_str, data), 0);
        assert_eq!(offset!(gopm_str, size), 8);
    }

    #[test]
    fn offsets_of_gopm_core_options() {
        assert_eq!(offset!(gopm_core_options, struct_size), 0);
        assert_eq!(offset!(gopm_core_options, flags), 8);
        assert_eq!(offset!(gopm_core_options, reserved), 12);
        assert_eq!(offset!(gopm_core_options, core_path), 16);
        assert_eq!(offset!(gopm_core_options, core_data), 24);
        assert_eq!(offset!(gopm_core_options, core_size), 32);
        assert_eq!(offset!(gopm_core_options, core_read), 40);
        assert_eq!(offset!(gopm_core_options, core_user_data), 48);
        assert_eq!(offset!(gopm_core_options, core_read_size), 56);
        assert_eq!(offset!(gopm_core_options, core_fd), 64);
        assert_eq!(offset!(gopm_core_options, exe_fd), 68);
        assert_eq!(offset!(gopm_core_options, exe_path), 72);
        assert_eq!(offset!(gopm_core_options, exe_data), 80);
        assert_eq!(offset!(gopm_core_options, exe_size), 88);
        assert_eq!(offset!(gopm_core_options, exe_read), 96);
        assert_eq!(offset!(gopm_core_options, exe_user_data), 104);
        assert_eq!(offset!(gopm_core_options, exe_read_size), 112);
        assert_eq!(offset!(gopm_core_options, sysroot), 120);
        assert_eq!(offset!(gopm_core_options, temporary_folder), 128);
        assert_eq!(offset!(gopm_core_options, max_unpacked_size), 136);
        assert_eq!(offset!(gopm_core_options, max_section_size), 144);
        assert_eq!(offset!(gopm_core_options, max_goroutines), 152);
        assert_eq!(offset!(gopm_core_options, max_frames), 160);
        assert_eq!(offset!(gopm_core_options, max_findings), 164);
        assert_eq!(offset!(gopm_core_options, core_pid), 168);
        assert_eq!(offset!(gopm_core_options, reserved2), 172);
        assert_eq!(offset!(gopm_core_options, progress), 176);
        assert_eq!(offset!(gopm_core_options, progress_user_data), 184);
        assert_eq!(offset!(gopm_core_options, max_unpacked_disk), 192);
        assert_eq!(offset!(gopm_core_options, max_unpacked_memory), 200);
        assert_eq!(offset!(gopm_core_options, max_unpacked_ratio), 208);
        assert_eq!(offset!(gopm_core_options, reserved3), 212);
    }

    #[test]
    fn offsets_of_gopm_core_info() {
        assert_eq!(offset!(gopm_core_info, struct_size), 0);
        assert_eq!(offset!(gopm_core_info, flags), 8);
        assert_eq!(offset!(gopm_core_info, pid), 12);
        assert_eq!(offset!(gopm_core_info, core_path), 16);
        assert_eq!(offset!(gopm_core_info, exe_path), 32);
        assert_eq!(offset!(gopm_core_info, core_build_id), 48);
        assert_eq!(offset!(gopm_core_info, exe_build_id), 64);
        assert_eq!(offset!(gopm_core_info, go_version), 80);
        assert_eq!(offset!(gopm_core_info, machine), 96);
        assert_eq!(offset!(gopm_core_info, compression), 112);
        assert_eq!(offset!(gopm_core_info, command_line), 128);
        assert_eq!(offset!(gopm_core_info, exe_bias), 144);
        assert_eq!(offset!(gopm_core_info, core_size), 152);
        assert_eq!(offset!(gopm_core_info, memory_size), 160);
        assert_eq!(offset!(gopm_core_info, thread_count), 168);
        assert_eq!(offset!(gopm_core_info, goroutine_slots), 176);
        assert_eq!(offset!(gopm_core_info, death), 184);
        assert_eq!(offset!(gopm_core_info, signal), 188);
        assert_eq!(offset!(gopm_core_info, signal_code), 192);
        assert_eq!(offset!(gopm_core_info, death_thread), 196);
        assert_eq!(offset!(gopm_core_info, fault_address), 200);
        assert_eq!(offset!(gopm_core_info, death_goroutine), 208);
        assert_eq!(offset!(gopm_core_info, death_text), 216);
        assert_eq!(offset!(gopm_core_info, backlog), 232);
        assert_eq!(offset!(gopm_core_info, now), 248);
        assert_eq!(offset!(gopm_core_info, slim_profile), 256);
        assert_eq!(offset!(gopm_core_info, reserved), 260);
        assert_eq!(offset!(gopm_core_info, original_size), 264);
        assert_eq!(offset!(gopm_core_info, signal_pc), 272);
        assert_eq!(offset!(gopm_core_info, death_lines), 280);
        assert_eq!(offset!(gopm_core_info, kernel_signal), 296);
        assert_eq!(offset!(gopm_core_info, signal_sender), 300);
        assert_eq!(offset!(gopm_core_info, unix_now), 304);
    }

    #[test]
    fn offsets_of_gopm_location() {
        assert_eq!(offset!(gopm_location, pc), 0);
        assert_eq!(offset!(gopm_location, entry), 8);
        assert_eq!(offset!(gopm_location, function), 16);
        assert_eq!(offset!(gopm_location, file), 32);
        assert_eq!(offset!(gopm_location, line), 48);
        assert_eq!(offset!(gopm_location, flags), 52);
    }

    #[test]
    fn offsets_of_gopm_mapping() {
        assert_eq!(offset!(gopm_mapping, address), 0);
        assert_eq!(offset!(gopm_mapping, size), 8);
        assert_eq!(offset!(gopm_mapping, size_in_core), 16);
        assert_eq!(offset!(gopm_mapping, core_offset), 24);
        assert_eq!(offset!(gopm_mapping, file_offset), 32);
        assert_eq!(offset!(gopm_mapping, path), 40);
        assert_eq!(offset!(gopm_mapping, flags), 56);
        assert_eq!(offset!(gopm_mapping, reserved), 60);
    }

    #[test]
    fn offsets_of_gopm_finding() {
        assert_eq!(offset!(gopm_finding, kind), 0);
        assert_eq!(offset!(gopm_finding, reserved), 4);
        assert_eq!(offset!(gopm_finding, count), 8);
        assert_eq!(offset!(gopm_finding, address), 16);
        assert_eq!(offset!(gopm_finding, offset), 24);
        assert_eq!(offset!(gopm_finding, message), 32);
    }

    #[test]
    fn offsets_of_gopm_wait() {
        assert_eq!(offset!(gopm_wait, kind), 0);
        assert_eq!(offset!(gopm_wait, flags), 4);
        assert_eq!(offset!(gopm_wait, object), 8);
        assert_eq!(offset!(gopm_wait, type_), 16);
        assert_eq!(offset!(gopm_wait, length), 32);
        assert_eq!(offset!(gopm_wait, capacity), 40);
        assert_eq!(offset!(gopm_wait, senders), 48);
        assert_eq!(offset!(gopm_wait, receivers), 56);
        assert_eq!(offset!(gopm_wait, deadline), 64);
        assert_eq!(offset!(gopm_wait, fd), 72);
        assert_eq!(offset!(gopm_wait, reserved), 76);
    }

    #[test]
    fn offsets_of_gopm_goroutine() {
        assert_eq!(offset!(gopm_goroutine, address), 0);
        assert_eq!(offset!(gopm_goroutine, id), 8);
        assert_eq!(offset!(gopm_goroutine, parent_id), 16);
        assert_eq!(offset!(gopm_goroutine, status), 24);
        assert_eq!(offset!(gopm_goroutine, raw_status), 28);
        assert_eq!(offset!(gopm_goroutine, flags), 32);
        assert_eq!(offset!(gopm_goroutine, raw_wait_reason), 36);
        assert_eq!(offset!(gopm_goroutine, status_name), 40);
        assert_eq!(offset!(gopm_goroutine, wait_reason), 56);
        assert_eq!(offset!(gopm_goroutine, wait_since), 72);
        assert_eq!(offset!(gopm_goroutine, wait_time), 80);
        assert_eq!(offset!(gopm_goroutine, stack_lo), 88);
        assert_eq!(offset!(gopm_goroutine, stack_hi), 96);
        assert_eq!(offset!(gopm_goroutine, pc), 104);
        assert_eq!(offset!(gopm_goroutine, sp), 112);
        assert_eq!(offset!(gopm_goroutine, m), 120);
        assert_eq!(offset!(gopm_goroutine, m_id), 128);
        assert_eq!(offset!(gopm_goroutine, thread_id), 136);
        assert_eq!(offset!(gopm_goroutine, locked_thread_id), 144);
        assert_eq!(offset!(gopm_goroutine, current), 152);
        assert_eq!(offset!(gopm_goroutine, user), 208);
        assert_eq!(offset!(gopm_goroutine, go_statement), 264);
        assert_eq!(offset!(gopm_goroutine, start), 320);
        assert_eq!(offset!(gopm_goroutine, wait), 376);
        assert_eq!(offset!(gopm_goroutine, wait_count), 456);
        assert_eq!(offset!(gopm_goroutine, label_count), 460);
        assert_eq!(offset!(gopm_goroutine, stack_id), 464);
    }

    #[test]
    fn offsets_of_gopm_goroutine_filter() {
        assert_eq!(offset!(gopm_goroutine_filter, struct_size), 0);
        assert_eq!(offset!(gopm_goroutine_filter, flags), 8);
        assert_eq!(offset!(gopm_goroutine_filter, fields), 12);
        assert_eq!(offset!(gopm_goroutine_filter, id), 16);
        assert_eq!(offset!(gopm_goroutine_filter, thread_id), 24);
        assert_eq!(offset!(gopm_goroutine_filter, wait_object), 32);
        assert_eq!(offset!(gopm_goroutine_filter, min_wait_time), 40);
        assert_eq!(offset!(gopm_goroutine_filter, status), 48);
        assert_eq!(offset!(gopm_goroutine_filter, wait_reason), 56);
        assert_eq!(offset!(gopm_goroutine_filter, user), 64);
        assert_eq!(offset!(gopm_goroutine_filter, start), 72);
        assert_eq!(offset!(gopm_goroutine_filter, go), 80);
        assert_eq!(offset!(gopm_goroutine_filter, current), 88);
        assert_eq!(offset!(gopm_goroutine_filter, label_key), 96);
        assert_eq!(offset!(gopm_goroutine_filter, label_value), 104);
        assert_eq!(offset!(gopm_goroutine_filter, stack_id), 112);
        assert_eq!(offset!(gopm_goroutine_filter, ids), 120);
        assert_eq!(offset!(gopm_goroutine_filter, id_count), 128);
        assert_eq!(offset!(gopm_goroutine_filter, progress), 136);
        assert_eq!(offset!(gopm_goroutine_filter, progress_user_data), 144);
        assert_eq!(offset!(gopm_goroutine_filter, address), 152);
    }

    #[test]
    fn offsets_of_gopm_label() {
        assert_eq!(offset!(gopm_label, key), 0);
        assert_eq!(offset!(gopm_label, value), 16);
    }

    #[test]
    fn offsets_of_gopm_group() {
        assert_eq!(offset!(gopm_group, count), 0);
        assert_eq!(offset!(gopm_group, example_id), 8);
        assert_eq!(offset!(gopm_group, longest_wait), 16);
        assert_eq!(offset!(gopm_group, location), 24);
        assert_eq!(offset!(gopm_group, key), 80);
        assert_eq!(offset!(gopm_group, object), 96);
        assert_eq!(offset!(gopm_group, stack_id), 176);
        assert_eq!(offset!(gopm_group, shortest_wait), 184);
        assert_eq!(offset!(gopm_group, partial_count), 192);
    }

    #[test]
    fn offsets_of_arrowschema() {
        assert_eq!(offset!(ArrowSchema, format), 0);
        assert_eq!(offset!(ArrowSchema, name), 8);
        assert_eq!(offset!(ArrowSchema, metadata), 16);
        assert_eq!(offset!(ArrowSchema, flags), 24);
        assert_eq!(offset!(ArrowSchema, n_children), 32);
        assert_eq!(offset!(ArrowSchema, children), 40);
        assert_eq!(offset!(ArrowSchema, dictionary), 48);
        assert_eq!(offset!(ArrowSchema, release), 56);
        assert_eq!(offset!(ArrowSchema, private_data), 64);
    }

    #[test]
    fn offsets_of_arrowarray() {
        assert_eq!(offset!(ArrowArray, length), 0);
        assert_eq!(offset!(ArrowArray, null_count), 8);
        assert_eq!(offset!(ArrowArray, offset), 16);
        assert_eq!(offset!(ArrowArray, n_buffers), 24);
        assert_eq!(offset!(ArrowArray, n_children), 32);
        assert_eq!(offset!(ArrowArray, buffers), 40);
        assert_eq!(offset!(ArrowArray, children), 48);
        assert_eq!(offset!(ArrowArray, dictionary), 56);
        assert_eq!(offset!(ArrowArray, release), 64);
        assert_eq!(offset!(ArrowArray, private_data), 72);
    }

    #[test]
    fn offsets_of_arrowarraystream() {
        assert_eq!(offset!(ArrowArrayStream, get_schema), 0);
        assert_eq!(offset!(ArrowArrayStream, get_next), 8);
        assert_eq!(offset!(ArrowArrayStream, get_last_error), 16);
        assert_eq!(offset!(ArrowArrayStream, release), 24);
        assert_eq!(offset!(ArrowArrayStream, private_data), 32);
    }

    #[test]
    fn offsets_of_gopm_build_info() {
        assert_eq!(offset!(gopm_build_info, struct_size), 0);
        assert_eq!(offset!(gopm_build_info, flags), 8);
        assert_eq!(offset!(gopm_build_info, reserved), 12);
        assert_eq!(offset!(gopm_build_info, go_version), 16);
        assert_eq!(offset!(gopm_build_info, package_path), 32);
        assert_eq!(offset!(gopm_build_info, module_path), 48);
        assert_eq!(offset!(gopm_build_info, module_version), 64);
        assert_eq!(offset!(gopm_build_info, module_sum), 80);
        assert_eq!(offset!(gopm_build_info, vcs), 96);
        assert_eq!(offset!(gopm_build_info, vcs_revision), 112);
        assert_eq!(offset!(gopm_build_info, vcs_time), 128);
        assert_eq!(offset!(gopm_build_info, setting_count), 144);
        assert_eq!(offset!(gopm_build_info, dependency_count), 152);
    }

    #[test]
    fn offsets_of_gopm_build_setting() {
        assert_eq!(offset!(gopm_build_setting, key), 0);
        assert_eq!(offset!(gopm_build_setting, value), 16);
    }

    #[test]
    fn offsets_of_gopm_build_module() {
        assert_eq!(offset!(gopm_build_module, path), 0);
        assert_eq!(offset!(gopm_build_module, version), 16);
        assert_eq!(offset!(gopm_build_module, sum), 32);
        assert_eq!(offset!(gopm_build_module, replace_path), 48);
        assert_eq!(offset!(gopm_build_module, replace_version), 64);
        assert_eq!(offset!(gopm_build_module, replace_sum), 80);
    }

    #[test]
    fn offsets_of_gopm_thread() {
        assert_eq!(offset!(gopm_thread, id), 0);
        assert_eq!(offset!(gopm_thread, signal), 8);
        assert_eq!(offset!(gopm_thread, flags), 12);
        assert_eq!(offset!(gopm_thread, pc), 16);
        assert_eq!(offset!(gopm_thread, sp), 24);
        assert_eq!(offset!(gopm_thread, m), 32);
        assert_eq!(offset!(gopm_thread, m_id), 40);
        assert_eq!(offset!(gopm_thread, goroutine), 48);
        assert_eq!(offset!(gopm_thread, goroutine_address), 56);
        assert_eq!(offset!(gopm_thread, location), 64);
        assert_eq!(offset!(gopm_thread, object), 120);
        assert_eq!(offset!(gopm_thread, object_offset), 136);
    }

    #[test]
    fn offsets_of_gopm_register() {
        assert_eq!(offset!(gopm_register, name), 0);
        assert_eq!(offset!(gopm_register, value), 16);
        assert_eq!(offset!(gopm_register, dwarf_number), 24);
        assert_eq!(offset!(gopm_register, reserved), 28);
    }

    #[test]
    fn offsets_of_gopm_stack_options() {
        assert_eq!(offset!(gopm_stack_options, struct_size), 0);
        assert_eq!(offset!(gopm_stack_options, flags), 8);
        assert_eq!(offset!(gopm_stack_options, max_frames), 12);
        assert_eq!(offset!(gopm_stack_options, goroutine_id), 16);
        assert_eq!(offset!(gopm_stack_options, goroutine_address), 24);
        assert_eq!(offset!(gopm_stack_options, thread_id), 32);
        assert_eq!(offset!(gopm_stack_options, first_frame), 40);
        assert_eq!(offset!(gopm_stack_options, outer_frames), 48);
        assert_eq!(offset!(gopm_stack_options, reserved), 52);
    }

    #[test]
    fn offsets_of_gopm_frame() {
        assert_eq!(offset!(gopm_frame, location), 0);
        assert_eq!(offset!(gopm_frame, pc), 56);
        assert_eq!(offset!(gopm_frame, sp), 64);
        assert_eq!(offset!(gopm_frame, cfa), 72);
        assert_eq!(offset!(gopm_frame, flags), 80);
        assert_eq!(offset!(gopm_frame, language), 84);
        assert_eq!(offset!(gopm_frame, object), 88);
        assert_eq!(offset!(gopm_frame, object_offset), 104);
        assert_eq!(offset!(gopm_frame, symbol), 112);
    }

    #[test]
    fn offsets_of_gopm_value_options() {
        assert_eq!(offset!(gopm_value_options, struct_size), 0);
        assert_eq!(offset!(gopm_value_options, flags), 8);
        assert_eq!(offset!(gopm_value_options, max_depth), 12);
        assert_eq!(offset!(gopm_value_options, max_string), 16);
        assert_eq!(offset!(gopm_value_options, max_elements), 24);
        assert_eq!(offset!(gopm_value_options, max_fields), 32);
        assert_eq!(offset!(gopm_value_options, max_bytes), 40);
    }

    #[test]
    fn offsets_of_gopm_value_info() {
        assert_eq!(offset!(gopm_value_info, struct_size), 0);
        assert_eq!(offset!(gopm_value_info, kind), 8);
        assert_eq!(offset!(gopm_value_info, provenance), 12);
        assert_eq!(offset!(gopm_value_info, flags), 16);
        assert_eq!(offset!(gopm_value_info, variable_flags), 20);
        assert_eq!(offset!(gopm_value_info, name), 24);
        assert_eq!(offset!(gopm_value_info, type_), 40);
        assert_eq!(offset!(gopm_value_info, unreadable), 56);
        assert_eq!(offset!(gopm_value_info, address), 72);
        assert_eq!(offset!(gopm_value_info, size), 80);
        assert_eq!(offset!(gopm_value_info, decl_line), 88);
        assert_eq!(offset!(gopm_value_info, integer), 96);
        assert_eq!(offset!(gopm_value_info, uinteger), 104);
        assert_eq!(offset!(gopm_value_info, real), 112);
        assert_eq!(offset!(gopm_value_info, imaginary), 120);
        assert_eq!(offset!(gopm_value_info, text), 128);
        assert_eq!(offset!(gopm_value_info, length), 144);
        assert_eq!(offset!(gopm_value_info, capacity), 152);
        assert_eq!(offset!(gopm_value_info, base), 160);
        assert_eq!(offset!(gopm_value_info, child_count), 168);
        assert_eq!(offset!(gopm_value_info, senders), 176);
        assert_eq!(offset!(gopm_value_info, receivers), 184);
        assert_eq!(offset!(gopm_value_info, origin), 192);
    }

    #[test]
    fn offsets_of_gopm_heap_options() {
        assert_eq!(offset!(gopm_heap_options, struct_size), 0);
        assert_eq!(offset!(gopm_heap_options, flags), 8);
        assert_eq!(offset!(gopm_heap_options, reserved), 12);
        assert_eq!(offset!(gopm_heap_options, progress), 16);
        assert_eq!(offset!(gopm_heap_options, progress_user_data), 24);
    }

    #[test]
    fn offsets_of_gopm_heap_info() {
        assert_eq!(offset!(gopm_heap_info, struct_size), 0);
        assert_eq!(offset!(gopm_heap_info, flags), 8);
        assert_eq!(offset!(gopm_heap_info, reserved), 12);
        assert_eq!(offset!(gopm_heap_info, objects), 16);
        assert_eq!(offset!(gopm_heap_info, bytes), 24);
        assert_eq!(offset!(gopm_heap_info, live_objects), 32);
        assert_eq!(offset!(gopm_heap_info, live_bytes), 40);
        assert_eq!(offset!(gopm_heap_info, in_use), 48);
        assert_eq!(offset!(gopm_heap_info, free_slots), 56);
        assert_eq!(offset!(gopm_heap_info, rounding), 64);
        assert_eq!(offset!(gopm_heap_info, stacks), 72);
        assert_eq!(offset!(gopm_heap_info, idle), 80);
        assert_eq!(offset!(gopm_heap_info, released), 88);
        assert_eq!(offset!(gopm_heap_info, mapped), 96);
    }

    #[test]
    fn offsets_of_gopm_heap_filter() {
        assert_eq!(offset!(gopm_heap_filter, struct_size), 0);
        assert_eq!(offset!(gopm_heap_filter, flags), 8);
        assert_eq!(offset!(gopm_heap_filter, reserved), 12);
        assert_eq!(offset!(gopm_heap_filter, type_), 16);
    }

    #[test]
    fn offsets_of_gopm_heap_type() {
        assert_eq!(offset!(gopm_heap_type, type_), 0);
        assert_eq!(offset!(gopm_heap_type, descriptor), 16);
        assert_eq!(offset!(gopm_heap_type, form), 24);
        assert_eq!(offset!(gopm_heap_type, from), 28);
        assert_eq!(offset!(gopm_heap_type, objects), 32);
        assert_eq!(offset!(gopm_heap_type, elems), 40);
        assert_eq!(offset!(gopm_heap_type, bytes), 48);
        assert_eq!(offset!(gopm_heap_type, live_objects), 56);
        assert_eq!(offset!(gopm_heap_type, live_bytes), 64);
        assert_eq!(offset!(gopm_heap_type, slot_size), 72);
        assert_eq!(offset!(gopm_heap_type, pointers), 80);
        assert_eq!(offset!(gopm_heap_type, reserved), 84);
    }

    #[test]
    fn offsets_of_gopm_heap_object() {
        assert_eq!(offset!(gopm_heap_object, address), 0);
        assert_eq!(offset!(gopm_heap_object, size), 8);
        assert_eq!(offset!(gopm_heap_object, elems), 16);
        assert_eq!(offset!(gopm_heap_object, type_), 24);
        assert_eq!(offset!(gopm_heap_object, descriptor), 40);
        assert_eq!(offset!(gopm_heap_object, form), 48);
        assert_eq!(offset!(gopm_heap_object, from), 52);
        assert_eq!(offset!(gopm_heap_object, flags), 56);
        assert_eq!(offset!(gopm_heap_object, reserved), 60);
    }

    #[test]
    fn offsets_of_gopm_heap_node() {
        assert_eq!(offset!(gopm_heap_node, id), 0);
        assert_eq!(offset!(gopm_heap_node, name), 8);
        assert_eq!(offset!(gopm_heap_node, address), 24);
        assert_eq!(offset!(gopm_heap_node, objects), 32);
        assert_eq!(offset!(gopm_heap_node, bytes), 40);
        assert_eq!(offset!(gopm_heap_node, own_bytes), 48);
        assert_eq!(offset!(gopm_heap_node, instances), 56);
        assert_eq!(offset!(gopm_heap_node, kind), 64);
        assert_eq!(offset!(gopm_heap_node, form), 68);
    }

    #[test]
    fn offsets_of_gopm_heap_step() {
        assert_eq!(offset!(gopm_heap_step, object), 0);
        assert_eq!(offset!(gopm_heap_step, place), 8);
        assert_eq!(offset!(gopm_heap_step, target), 16);
        assert_eq!(offset!(gopm_heap_step, inside), 24);
        assert_eq!(offset!(gopm_heap_step, type_), 32);
        assert_eq!(offset!(gopm_heap_step, form), 48);
        assert_eq!(offset!(gopm_heap_step, reserved), 52);
    }

    #[test]
    fn offsets_of_gopm_heap_suspect() {
        assert_eq!(offset!(gopm_heap_suspect, name), 0);
        assert_eq!(offset!(gopm_heap_suspect, kind), 16);
        assert_eq!(offset!(gopm_heap_suspect, form), 20);
        assert_eq!(offset!(gopm_heap_suspect, address), 24);
        assert_eq!(offset!(gopm_heap_suspect, objects), 32);
        assert_eq!(offset!(gopm_heap_suspect, bytes), 40);
        assert_eq!(offset!(gopm_heap_suspect, instances), 48);
        assert_eq!(offset!(gopm_heap_suspect, point), 56);
        assert_eq!(offset!(gopm_heap_suspect, point_address), 72);
        assert_eq!(offset!(gopm_heap_suspect, point_bytes), 80);
        assert_eq!(offset!(gopm_heap_suspect, child), 88);
        assert_eq!(offset!(gopm_heap_suspect, child_objects), 104);
        assert_eq!(offset!(gopm_heap_suspect, child_bytes), 112);
        assert_eq!(offset!(gopm_heap_suspect, point_kind), 120);
        assert_eq!(offset!(gopm_heap_suspect, point_form), 124);
        assert_eq!(offset!(gopm_heap_suspect, child_form), 128);
        assert_eq!(offset!(gopm_heap_suspect, flags), 132);
    }

    #[test]
    fn offsets_of_gopm_heap_waste() {
        assert_eq!(offset!(gopm_heap_waste, kind), 0);
        assert_eq!(offset!(gopm_heap_waste, reserved), 4);
        assert_eq!(offset!(gopm_heap_waste, count), 8);
        assert_eq!(offset!(gopm_heap_waste, bytes), 16);
        assert_eq!(offset!(gopm_heap_waste, type_), 24);
        assert_eq!(offset!(gopm_heap_waste, text), 40);
        assert_eq!(offset!(gopm_heap_waste, length), 56);
        assert_eq!(offset!(gopm_heap_waste, example), 64);
    }

    #[test]
    fn offsets_of_gopm_module() {
        assert_eq!(offset!(gopm_module, address), 0);
        assert_eq!(offset!(gopm_module, size), 8);
        assert_eq!(offset!(gopm_module, bias), 16);
        assert_eq!(offset!(gopm_module, path), 24);
        assert_eq!(offset!(gopm_module, build_id), 40);
        assert_eq!(offset!(gopm_module, file), 56);
        assert_eq!(offset!(gopm_module, searched), 72);
        assert_eq!(offset!(gopm_module, source), 88);
        assert_eq!(offset!(gopm_module, flags), 92);
    }

    #[test]
    fn offsets_of_gopm_object() {
        assert_eq!(offset!(gopm_object, address), 0);
        assert_eq!(offset!(gopm_object, kind), 8);
        assert_eq!(offset!(gopm_object, flags), 12);
        assert_eq!(offset!(gopm_object, type_), 16);
        assert_eq!(offset!(gopm_object, in_), 32);
        assert_eq!(offset!(gopm_object, name), 48);
        assert_eq!(offset!(gopm_object, owner), 64);
        assert_eq!(offset!(gopm_object, parent), 72);
        assert_eq!(offset!(gopm_object, word), 80);
        assert_eq!(offset!(gopm_object, goroutines), 88);
        assert_eq!(offset!(gopm_object, length), 96);
        assert_eq!(offset!(gopm_object, capacity), 104);
        assert_eq!(offset!(gopm_object, senders), 112);
        assert_eq!(offset!(gopm_object, receivers), 120);
        assert_eq!(offset!(gopm_object, waiters), 128);
        assert_eq!(offset!(gopm_object, readers), 136);
        assert_eq!(offset!(gopm_object, reading), 144);
        assert_eq!(offset!(gopm_object, counter), 152);
        assert_eq!(offset!(gopm_object, deadline), 160);
        assert_eq!(offset!(gopm_object, file), 168);
        assert_eq!(offset!(gopm_object, local), 184);
        assert_eq!(offset!(gopm_object, remote), 200);
        assert_eq!(offset!(gopm_object, fd), 216);
        assert_eq!(offset!(gopm_object, reserved), 220);
        assert_eq!(offset!(gopm_object, state), 224);
        assert_eq!(offset!(gopm_object, runs), 240);
        assert_eq!(offset!(gopm_object, library), 248);
        assert_eq!(offset!(gopm_object, library_in), 264);
    }

    #[test]
    fn offsets_of_gopm_object_waiter() {
        assert_eq!(offset!(gopm_object_waiter, goroutine), 0);
        assert_eq!(offset!(gopm_object_waiter, address), 8);
        assert_eq!(offset!(gopm_object_waiter, side), 16);
        assert_eq!(offset!(gopm_object_waiter, flags), 20);
        assert_eq!(offset!(gopm_object_waiter, element), 24);
        assert_eq!(offset!(gopm_object_waiter, wait_since), 32);
        assert_eq!(offset!(gopm_object_waiter, wait_time), 40);
        assert_eq!(offset!(gopm_object_waiter, user), 48);
    }

    #[test]
    fn offsets_of_gopm_objects_options() {
        assert_eq!(offset!(gopm_objects_options, struct_size), 0);
        assert_eq!(offset!(gopm_objects_options, flags), 8);
        assert_eq!(offset!(gopm_objects_options, reserved), 12);
        assert_eq!(offset!(gopm_objects_options, address), 16);
        assert_eq!(offset!(gopm_objects_options, heap), 24);
        assert_eq!(offset!(gopm_objects_options, progress), 32);
        assert_eq!(offset!(gopm_objects_options, progress_user_data), 40);
    }

    #[test]
    fn offsets_of_gopm_profile_options() {
        assert_eq!(offset!(gopm_profile_options, struct_size), 0);
        assert_eq!(offset!(gopm_profile_options, kind), 8);
        assert_eq!(offset!(gopm_profile_options, flags), 12);
        assert_eq!(offset!(gopm_profile_options, progress), 16);
        assert_eq!(offset!(gopm_profile_options, progress_user_data), 24);
    }

    #[test]
    fn offsets_of_gopm_profile_info() {
        assert_eq!(offset!(gopm_profile_info, struct_size), 0);
        assert_eq!(offset!(gopm_profile_info, kind), 8);
        assert_eq!(offset!(gopm_profile_info, flags), 12);
        assert_eq!(offset!(gopm_profile_info, sample_count), 16);
        assert_eq!(offset!(gopm_profile_info, value_count), 24);
        assert_eq!(offset!(gopm_profile_info, reserved), 28);
        assert_eq!(offset!(gopm_profile_info, rate), 32);
        assert_eq!(offset!(gopm_profile_info, values), 40);
        assert_eq!(offset!(gopm_profile_info, pending), 72);
    }

    #[test]
    fn offsets_of_gopm_profile_sample() {
        assert_eq!(offset!(gopm_profile_sample, pcs), 0);
        assert_eq!(offset!(gopm_profile_sample, pc_count), 8);
        assert_eq!(offset!(gopm_profile_sample, values), 16);
        assert_eq!(offset!(gopm_profile_sample, pending), 48);
        assert_eq!(offset!(gopm_profile_sample, object_size), 80);
        assert_eq!(offset!(gopm_profile_sample, label_count), 88);
    }

    #[test]
    fn offsets_of_gopm_profile_target() {
        assert_eq!(offset!(gopm_profile_target, struct_size), 0);
        assert_eq!(offset!(gopm_profile_target, flags), 8);
        assert_eq!(offset!(gopm_profile_target, reserved), 12);
        assert_eq!(offset!(gopm_profile_target, path), 16);
        assert_eq!(offset!(gopm_profile_target, write), 24);
        assert_eq!(offset!(gopm_profile_target, user_data), 32);
    }

    #[test]
    fn offsets_of_gopm_slim_options() {
        assert_eq!(offset!(gopm_slim_options, struct_size), 0);
        assert_eq!(offset!(gopm_slim_options, flags), 8);
        assert_eq!(offset!(gopm_slim_options, profile), 12);
        assert_eq!(offset!(gopm_slim_options, path), 16);
        assert_eq!(offset!(gopm_slim_options, write), 24);
        assert_eq!(offset!(gopm_slim_options, user_data), 32);
        assert_eq!(offset!(gopm_slim_options, compression), 40);
        assert_eq!(offset!(gopm_slim_options, level), 44);
        assert_eq!(offset!(gopm_slim_options, threads), 48);
        assert_eq!(offset!(gopm_slim_options, max_depth), 52);
        assert_eq!(offset!(gopm_slim_options, max_object), 56);
        assert_eq!(offset!(gopm_slim_options, max_reach), 64);
        assert_eq!(offset!(gopm_slim_options, max_variable_stacks), 72);
    }

    #[test]
    fn offsets_of_gopm_slim_result() {
        assert_eq!(offset!(gopm_slim_result, struct_size), 0);
        assert_eq!(offset!(gopm_slim_result, file_size), 8);
        assert_eq!(offset!(gopm_slim_result, core_size), 16);
        assert_eq!(offset!(gopm_slim_result, memory_size), 24);
        assert_eq!(offset!(gopm_slim_result, original_size), 32);
        assert_eq!(offset!(gopm_slim_result, segment_count), 40);
        assert_eq!(offset!(gopm_slim_result, thread_count), 48);
        assert_eq!(offset!(gopm_slim_result, goroutine_count), 56);
        assert_eq!(offset!(gopm_slim_result, finding_count), 64);
        assert_eq!(offset!(gopm_slim_result, stopped_time), 72);
    }

    #[test]
    fn offsets_of_gopm_function() {
        assert_eq!(offset!(gopm_function, name), 0);
        assert_eq!(offset!(gopm_function, file), 16);
        assert_eq!(offset!(gopm_function, entry), 32);
        assert_eq!(offset!(gopm_function, end), 40);
        assert_eq!(offset!(gopm_function, line), 48);
        assert_eq!(offset!(gopm_function, flags), 52);
    }

    #[test]
    fn offsets_of_gopm_source_file() {
        assert_eq!(offset!(gopm_source_file, path), 0);
    }

    #[test]
    fn offsets_of_gopm_traceback_options() {
        assert_eq!(offset!(gopm_traceback_options, struct_size), 0);
        assert_eq!(offset!(gopm_traceback_options, level), 8);
        assert_eq!(offset!(gopm_traceback_options, flags), 12);
        assert_eq!(offset!(gopm_traceback_options, goroutine_id), 16);
    }

    #[test]
    fn offsets_of_gopm_type_info() {
        assert_eq!(offset!(gopm_type_info, struct_size), 0);
        assert_eq!(offset!(gopm_type_info, kind), 8);
        assert_eq!(offset!(gopm_type_info, source), 12);
        assert_eq!(offset!(gopm_type_info, flags), 16);
        assert_eq!(offset!(gopm_type_info, direction), 20);
        assert_eq!(offset!(gopm_type_info, name), 24);
        assert_eq!(offset!(gopm_type_info, size), 40);
        assert_eq!(offset!(gopm_type_info, descriptor), 48);
        assert_eq!(offset!(gopm_type_info, length), 56);
        assert_eq!(offset!(gopm_type_info, field_count), 64);
        assert_eq!(offset!(gopm_type_info, method_count), 72);
        assert_eq!(offset!(gopm_type_info, align), 80);
        assert_eq!(offset!(gopm_type_info, parameter_count), 84);
        assert_eq!(offset!(gopm_type_info, result_count), 88);
        assert_eq!(offset!(gopm_type_info, reserved), 92);
    }

    #[test]
    fn offsets_of_gopm_type_field() {
        assert_eq!(offset!(gopm_type_field, name), 0);
        assert_eq!(offset!(gopm_type_field, offset), 16);
        assert_eq!(offset!(gopm_type_field, size), 24);
        assert_eq!(offset!(gopm_type_field, flags), 32);
        assert_eq!(offset!(gopm_type_field, reserved), 36);
    }

    #[test]
    fn offsets_of_gopm_type_method() {
        assert_eq!(offset!(gopm_type_method, name), 0);
        assert_eq!(offset!(gopm_type_method, function), 16);
        assert_eq!(offset!(gopm_type_method, entry), 32);
        assert_eq!(offset!(gopm_type_method, interface_entry), 40);
        assert_eq!(offset!(gopm_type_method, flags), 48);
        assert_eq!(offset!(gopm_type_method, reserved), 52);
    }

    #[test]
    fn offsets_of_gopm_type_name() {
        assert_eq!(offset!(gopm_type_name, name), 0);
        assert_eq!(offset!(gopm_type_name, descriptor), 16);
    }

    #[test]
    fn offsets_of_gopm_why_options() {
        assert_eq!(offset!(gopm_why_options, struct_size), 0);
        assert_eq!(offset!(gopm_why_options, flags), 8);
        assert_eq!(offset!(gopm_why_options, reserved), 12);
        assert_eq!(offset!(gopm_why_options, progress), 16);
        assert_eq!(offset!(gopm_why_options, progress_user_data), 24);
        assert_eq!(offset!(gopm_why_options, heap), 32);
    }

    #[test]
    fn offsets_of_gopm_why_info() {
        assert_eq!(offset!(gopm_why_info, struct_size), 0);
        assert_eq!(offset!(gopm_why_info, flags), 8);
        assert_eq!(offset!(gopm_why_info, verdict), 12);
        assert_eq!(offset!(gopm_why_info, goroutines), 16);
        assert_eq!(offset!(gopm_why_info, waiting), 24);
        assert_eq!(offset!(gopm_why_info, leaked), 32);
        assert_eq!(offset!(gopm_why_info, suspects), 40);
        assert_eq!(offset!(gopm_why_info, findings), 48);
    }

    #[test]
    fn offsets_of_gopm_why_finding() {
        assert_eq!(offset!(gopm_why_finding, verdict), 0);
        assert_eq!(offset!(gopm_why_finding, certainty), 4);
        assert_eq!(offset!(gopm_why_finding, basis), 8);
        assert_eq!(offset!(gopm_why_finding, pattern), 12);
        assert_eq!(offset!(gopm_why_finding, waiters), 16);
        assert_eq!(offset!(gopm_why_finding, blamed), 24);
        assert_eq!(offset!(gopm_why_finding, objects), 32);
        assert_eq!(offset!(gopm_why_finding, edges), 40);
        assert_eq!(offset!(gopm_why_finding, structures), 48);
        assert_eq!(offset!(gopm_why_finding, longest_wait), 56);
        assert_eq!(offset!(gopm_why_finding, text), 64);
    }

    #[test]
    fn offsets_of_gopm_why_waiter() {
        assert_eq!(offset!(gopm_why_waiter, id), 0);
        assert_eq!(offset!(gopm_why_waiter, address), 8);
        assert_eq!(offset!(gopm_why_waiter, certainty), 16);
        assert_eq!(offset!(gopm_why_waiter, reserved), 20);
    }

    #[test]
    fn offsets_of_gopm_why_edge() {
        assert_eq!(offset!(gopm_why_edge, from), 0);
        assert_eq!(offset!(gopm_why_edge, object), 8);
        assert_eq!(offset!(gopm_why_edge, targets), 16);
        assert_eq!(offset!(gopm_why_edge, waiters), 24);
        assert_eq!(offset!(gopm_why_edge, how), 32);
        assert_eq!(offset!(gopm_why_edge, evidence), 36);
        assert_eq!(offset!(gopm_why_edge, certainty), 40);
        assert_eq!(offset!(gopm_why_edge, reserved), 44);
    }

    #[test]
    fn offsets_of_gopm_why_holder() {
        assert_eq!(offset!(gopm_why_holder, goroutine), 0);
        assert_eq!(offset!(gopm_why_holder, address), 8);
        assert_eq!(offset!(gopm_why_holder, how), 16);
        assert_eq!(offset!(gopm_why_holder, evidence), 20);
        assert_eq!(offset!(gopm_why_holder, certainty), 24);
        assert_eq!(offset!(gopm_why_holder, reserved), 28);
        assert_eq!(offset!(gopm_why_holder, object), 32);
    }

    #[test]
    fn offsets_of_gopm_why_step() {
        assert_eq!(offset!(gopm_why_step, goroutine), 0);
        assert_eq!(offset!(gopm_why_step, address), 8);
        assert_eq!(offset!(gopm_why_step, next), 16);
        assert_eq!(offset!(gopm_why_step, others), 24);
        assert_eq!(offset!(gopm_why_step, certainty), 32);
        assert_eq!(offset!(gopm_why_step, side), 36);
        assert_eq!(offset!(gopm_why_step, how), 40);
        assert_eq!(offset!(gopm_why_step, evidence), 44);
        assert_eq!(offset!(gopm_why_step, waits), 48);
        assert_eq!(offset!(gopm_why_step, reserved), 52);
        assert_eq!(offset!(gopm_why_step, object), 56);
    }

    #[test]
    fn offsets_of_gopm_leak() {
        assert_eq!(offset!(gopm_leak, id), 0);
        assert_eq!(offset!(gopm_leak, address), 8);
        assert_eq!(offset!(gopm_leak, group), 16);
        assert_eq!(offset!(gopm_leak, certainty), 24);
        assert_eq!(offset!(gopm_leak, basis), 28);
    }

    #[test]
    fn offsets_of_gopm_leak_group() {
        assert_eq!(offset!(gopm_leak_group, count), 0);
        assert_eq!(offset!(gopm_leak_group, example_id), 8);
        assert_eq!(offset!(gopm_leak_group, certainty), 16);
        assert_eq!(offset!(gopm_leak_group, basis), 20);
        assert_eq!(offset!(gopm_leak_group, kind), 24);
        assert_eq!(offset!(gopm_leak_group, reserved), 28);
        assert_eq!(offset!(gopm_leak_group, longest_wait), 32);
        assert_eq!(offset!(gopm_leak_group, go_statement), 40);
        assert_eq!(offset!(gopm_leak_group, start), 96);
        assert_eq!(offset!(gopm_leak_group, user), 152);
    }
}
