// SPDX-License-Identifier: Apache-2.0
// Why does this server hang? rustc --edition 2021 story.rs $(pkg-config --libs gopm) && ./story CORE [EXE]
use std::{env, ffi::{c_char, c_void, CStr, CString}, mem::{size_of, zeroed}, ptr::{null, null_mut}};
type Handle = *mut c_void; type Out = *mut Handle; type Text = *const c_char;
// The first fields of each record, and words for the rest: a record that is too small is an error.
#[repr(C)] #[derive(Clone, Copy)] struct Str { data: *const u8, size: usize }
#[repr(C)] struct Location { pc: u64, entry: u64, function: Str, file: Str, line: u32, flags: u32 }
#[repr(C)] struct Group { count: u64, example_id: u64, longest_wait: i64, location: Location, key: Str, rest: [u64; 13] }
#[repr(C)] struct Goroutine { address: u64, id: u64, rest: [u64; 57] } #[repr(C)] struct Frame { location: Location, rest: [u64; 9] }
#[repr(C)] struct Filter { size: usize, numbers: [u64; 5], others: [Text; 3], start: Text, rest: [Text; 4] }
#[repr(C)] struct StackOptions { size: usize, flags: u64, goroutine_id: u64, address: u64, thread_id: u64 }
#[repr(C)] struct ValueInfo { size: usize, numbers: [u32; 4], name: Str, rest: [u64; 21] }
extern "C" {
    fn gopm_error_message(_: Handle) -> Text; fn gopm_stack_size(_: Handle) -> usize; fn gopm_vars_size(_: Handle) -> usize;
    fn gopm_core_open_path(core: Text, exe: Text, _: Out, err: Out) -> i32;
    fn gopm_group_iter_open(core: Handle, by: u32, key: Text, _: *const Filter, _: Out, err: Out) -> i32;
    fn gopm_group_iter_next(_: Handle, _: *mut Group, stride: usize, count: usize, got: *mut usize) -> i32;
    fn gopm_goroutine_iter_open(core: Handle, _: *const Filter, _: Out, err: Out) -> i32;
    fn gopm_goroutine_iter_next(_: Handle, _: *mut Goroutine, stride: usize, count: usize, got: *mut usize) -> i32;
    fn gopm_stack_open(core: Handle, _: *const StackOptions, _: Out, err: Out) -> i32;
    fn gopm_stack_frames(_: Handle, first: usize, _: *mut Frame, stride: usize, count: usize, got: *mut usize) -> i32;
    fn gopm_frame_vars(stack: Handle, frame: usize, options: *const c_void, _: Out, err: Out) -> i32;
    fn gopm_vars_value(_: Handle, index: usize, _: Out) -> i32; fn gopm_value_get_info(_: Handle, _: *mut ValueInfo) -> i32;
    fn gopm_value_text(value: Handle, buffer: *mut c_char, size: usize, length: *mut usize) -> i32;
}
unsafe fn text(s: Str) -> String { (0..s.size).map(|i| char::from(*s.data.add(i))).collect() } // ASCII will do here
unsafe fn made(call: impl FnOnce(Out, Out) -> i32) -> Handle {
    let (mut out, mut err) = (null_mut(), null_mut());
    if call(&mut out, &mut err) >= 0 { out } else { panic!("{:?}", CStr::from_ptr(gopm_error_message(err))) }
}
unsafe fn print_largest(core: Handle, by: u32, mut most: usize) {
    let (it, mut g): (_, Group) = (made(|out, err| gopm_group_iter_open(core, by, null(), null(), out, err)), zeroed());
    while most > 0 && gopm_group_iter_next(it, &mut g, size_of::<Group>(), 1, &mut most.clone()) == 0 {
        println!("{} {}:{} {}", g.count, text(g.location.function), g.location.line, text(g.key));
        most -= 1;
    }
}
fn main() { unsafe {
    let args: Vec<CString> = env::args().skip(1).map(|a| CString::new(a).unwrap()).collect();
    let core = made(|out, err| gopm_core_open_path(args[0].as_ptr(), args.get(1).map_or(null(), |a| a.as_ptr()), out, err));
    print_largest(core, 1, 5);
    let (mut g, mut f, mut got): (Goroutine, Frame, usize) = zeroed();
    let filter = Filter { size: size_of::<Filter>(), start: c"*startInChannelConsumer".as_ptr(), ..zeroed() };
    gopm_goroutine_iter_next(made(|out, err| gopm_goroutine_iter_open(core, &filter, out, err)), &mut g, size_of::<Goroutine>(), 1, &mut got);
    let options = StackOptions { size: size_of::<StackOptions>(), goroutine_id: g.id, ..zeroed() };
    let stack = made(|out, err| gopm_stack_open(core, &options, out, err));
    for i in 0..gopm_stack_size(stack) {
        gopm_stack_frames(stack, i, &mut f, size_of::<Frame>(), 1, &mut got);
        println!("{} at {}:{}", text(f.location.function), text(f.location.file), f.location.line);
        let vars = made(|out, err| gopm_frame_vars(stack, i, null(), out, err));
        for v in 0..gopm_vars_size(vars) {
            let (mut info, mut line) = (ValueInfo { size: size_of::<ValueInfo>(), ..zeroed() }, [0; 400]);
            let value = made(|out, _| gopm_vars_value(vars, v, out));
            gopm_value_get_info(value, &mut info);
            gopm_value_text(value, line.as_mut_ptr(), line.len(), &mut got);
            println!("    {} = {}", text(info.name), CStr::from_ptr(line.as_ptr()).to_string_lossy());
        }
    }
    print_largest(core, 7, 1);
} }
