# Defines Libiberty::Libiberty, the demangler of binutils. There is only a static library: it must be usable in a shared
# one.
include(CheckCSourceCompiles)
find_path(LIBIBERTY_INCLUDE_DIR libiberty/demangle.h)
find_library(LIBIBERTY_LIBRARY NAMES iberty_pic iberty)
if(LIBIBERTY_INCLUDE_DIR AND LIBIBERTY_LIBRARY)
  set(CMAKE_REQUIRED_INCLUDES ${LIBIBERTY_INCLUDE_DIR})
  set(CMAKE_REQUIRED_LIBRARIES ${LIBIBERTY_LIBRARY})
  set(CMAKE_REQUIRED_FLAGS -fPIC)
  set(CMAKE_REQUIRED_LINK_OPTIONS -shared)
  check_c_source_compiles(
    "#include <libiberty/demangle.h>
     int f(const char *s, demangle_callbackref c)
     { return rust_demangle_callback(s, DMGL_PARAMS, c, 0) + cplus_demangle_v3_callback(s, DMGL_PARAMS, c, 0); }"
    LIBIBERTY_DEMANGLES)
  foreach(variable INCLUDES LIBRARIES FLAGS LINK_OPTIONS)
    unset(CMAKE_REQUIRED_${variable})
  endforeach()
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Libiberty REQUIRED_VARS LIBIBERTY_LIBRARY LIBIBERTY_INCLUDE_DIR LIBIBERTY_DEMANGLES)
mark_as_advanced(LIBIBERTY_LIBRARY LIBIBERTY_INCLUDE_DIR)
if(Libiberty_FOUND AND NOT TARGET Libiberty::Libiberty)
  add_library(Libiberty::Libiberty UNKNOWN IMPORTED)
  set_target_properties(Libiberty::Libiberty PROPERTIES IMPORTED_LOCATION "${LIBIBERTY_LIBRARY}"
                                                        INTERFACE_INCLUDE_DIRECTORIES "${LIBIBERTY_INCLUDE_DIR}")
  get_filename_component(LIBIBERTY_LIBRARY_NAME ${LIBIBERTY_LIBRARY} NAME_WE)
  string(REGEX REPLACE "^lib" "" LIBIBERTY_LIBRARY_NAME ${LIBIBERTY_LIBRARY_NAME})
endif()
