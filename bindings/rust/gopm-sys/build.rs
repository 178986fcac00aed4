// SPDX-License-Identifier: Apache-2.0
//! Says where libgopm is: in `GOPM_LIB_DIR`, else where pkg-config finds it. `PKG_CONFIG` names another pkg-config.
//! Build scripts of dependents get the folder as `DEP_GOPM_LIB_DIR`.
use std::env;
use std::process::{exit, Command};

fn main() {
    for name in [
        "GOPM_LIB_DIR",
        "PKG_CONFIG",
        "PKG_CONFIG_PATH",
        "PKG_CONFIG_LIBDIR",
        "DOCS_RS",
    ] {
        println!("cargo:rerun-if-env-changed={}", name);
    }
    println!("cargo:rerun-if-changed=build.rs");
    if let Ok(folder) = env::var("GOPM_LIB_DIR") {
        println!("cargo:rustc-link-search=native={}", folder);
        println!("cargo:rustc-link-lib=dylib=gopm");
        println!("cargo:lib_dir={}", folder);
    } else if env::var_os("DOCS_RS").is_none() {
        link_by_pkg_config();
    }
}

fn link_by_pkg_config() {
    let program = env::var("PKG_CONFIG").unwrap_or_else(|_| "pkg-config".to_string());
    // With the system's folders too, as /usr/local/lib may not be one of the linker's.
    let output = Command::new(&program)
        .args(["--libs", "--keep-system-libs", "gopm"])
        .output()
        .unwrap_or_else(|problem| fail(&format!("{} cannot be run: {}", program, problem)));
    if !output.status.success() {
        fail(String::from_utf8_lossy(&output.stderr).trim());
    }
    for word in String::from_utf8_lossy(&output.stdout).split_whitespace() {
        if let Some(folder) = word.strip_prefix("-L") {
            println!("cargo:rustc-link-search=native={}", folder);
            println!("cargo:lib_dir={}", folder);
        } else if let Some(library) = word.strip_prefix("-l") {
            println!("cargo:rustc-link-lib=dylib={}", library);
        }
    }
}

fn fail(problem: &str) -> ! {
    eprintln!(
        "libgopm was not found; install it, or set GOPM_LIB_DIR to the folder of libgopm.so: {}",
        problem
    );
    exit(1)
}
