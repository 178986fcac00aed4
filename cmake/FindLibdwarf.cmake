# Defines Libdwarf::Libdwarf, from pkg-config if the distribution has libdwarf.pc, else by name.
# Debian 12's 20210528 has no .pc file and puts its headers in /usr/include/libdwarf or /usr/include.
pkg_check_modules(PC_LIBDWARF QUIET libdwarf)
find_path(LIBDWARF_INCLUDE_DIR libdwarf.h HINTS ${PC_LIBDWARF_INCLUDE_DIRS} PATH_SUFFIXES libdwarf libdwarf-0 libdwarf-2)
find_library(LIBDWARF_LIBRARY dwarf HINTS ${PC_LIBDWARF_LIBRARY_DIRS})
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Libdwarf REQUIRED_VARS LIBDWARF_LIBRARY LIBDWARF_INCLUDE_DIR)
set(LIBDWARF_LIBRARY_NAME dwarf)
if(Libdwarf_FOUND AND NOT TARGET Libdwarf::Libdwarf)
  add_library(Libdwarf::Libdwarf UNKNOWN IMPORTED)
  set_target_properties(Libdwarf::Libdwarf PROPERTIES IMPORTED_LOCATION ${LIBDWARF_LIBRARY}
                                                      INTERFACE_INCLUDE_DIRECTORIES ${LIBDWARF_INCLUDE_DIR})
endif()
