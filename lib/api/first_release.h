/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes of each record in the first release, 0.9. A caller never has a smaller one: a smaller stride is a mistake that
 * would cut records, or write none. Until 0.9 is released, its records are those of the headers. The first change after
 * it writes their sizes here as numbers. */
#ifndef GOPM_API_FIRST_RELEASE_H
#define GOPM_API_FIRST_RELEASE_H

#include <gopm/gopm.h>

#define GOPM__FIRST_CORE_INFO sizeof(gopm_core_info)
#define GOPM__FIRST_FINDING sizeof(gopm_finding)
#define GOPM__FIRST_FRAME sizeof(gopm_frame)
#define GOPM__FIRST_FUNCTION sizeof(gopm_function)
#define GOPM__FIRST_GOROUTINE sizeof(gopm_goroutine)
#define GOPM__FIRST_GROUP sizeof(gopm_group)
#define GOPM__FIRST_HEAP_INFO sizeof(gopm_heap_info)
#define GOPM__FIRST_HEAP_NODE sizeof(gopm_heap_node)
#define GOPM__FIRST_HEAP_OBJECT sizeof(gopm_heap_object)
#define GOPM__FIRST_HEAP_STEP sizeof(gopm_heap_step)
#define GOPM__FIRST_HEAP_SUSPECT sizeof(gopm_heap_suspect)
#define GOPM__FIRST_HEAP_TYPE sizeof(gopm_heap_type)
#define GOPM__FIRST_HEAP_WASTE sizeof(gopm_heap_waste)
#define GOPM__FIRST_LABEL sizeof(gopm_label)
#define GOPM__FIRST_LOCATION sizeof(gopm_location)
#define GOPM__FIRST_LEAK sizeof(gopm_leak)
#define GOPM__FIRST_LEAK_GROUP sizeof(gopm_leak_group)
#define GOPM__FIRST_MAPPING sizeof(gopm_mapping)
#define GOPM__FIRST_MODULE sizeof(gopm_module)
#define GOPM__FIRST_OBJECT sizeof(gopm_object)
#define GOPM__FIRST_OBJECT_WAITER sizeof(gopm_object_waiter)
#define GOPM__FIRST_PROFILE_INFO sizeof(gopm_profile_info)
#define GOPM__FIRST_PROFILE_SAMPLE sizeof(gopm_profile_sample)
#define GOPM__FIRST_REGISTER sizeof(gopm_register)
#define GOPM__FIRST_SLIM_RESULT sizeof(gopm_slim_result)
#define GOPM__FIRST_SOURCE_FILE sizeof(gopm_source_file)
#define GOPM__FIRST_THREAD sizeof(gopm_thread)
#define GOPM__FIRST_TYPE_FIELD sizeof(gopm_type_field)
#define GOPM__FIRST_TYPE_INFO sizeof(gopm_type_info)
#define GOPM__FIRST_TYPE_METHOD sizeof(gopm_type_method)
#define GOPM__FIRST_TYPE_NAME sizeof(gopm_type_name)
#define GOPM__FIRST_VALUE_INFO sizeof(gopm_value_info)
#define GOPM__FIRST_WAIT sizeof(gopm_wait)
#define GOPM__FIRST_WHY_EDGE sizeof(gopm_why_edge)
#define GOPM__FIRST_WHY_FINDING sizeof(gopm_why_finding)
#define GOPM__FIRST_WHY_HOLDER sizeof(gopm_why_holder)
#define GOPM__FIRST_WHY_INFO sizeof(gopm_why_info)
#define GOPM__FIRST_WHY_STEP sizeof(gopm_why_step)
#define GOPM__FIRST_WHY_WAITER sizeof(gopm_why_waiter)

#endif
